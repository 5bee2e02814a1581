"""The small words that every model of a study is made of."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

# Names become folders, wildcards and rule names: no dots, slashes, spaces or shell characters.
NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"

Name = Annotated[str, StringConstraints(pattern=NAME, max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Source = Literal["public", "twin"]


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
