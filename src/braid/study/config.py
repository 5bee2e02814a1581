"""What all studies share: where responses come from, and where to fetch them."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PositiveInt, ValidationError

from braid.errors import BadInput
from braid.study.names import Name, Source, Strict, Text

Backend = Literal["numpy", "torch", "torch_cuda"]
# What the executor takes for a kind of GPU; some are numbers to YAML.
Kind = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]+$", coerce_numbers_to_str=True)]

# A password in any address; any user of a web address, which may be a token.
_LOGIN = re.compile(r"https?://[^/]*@|[^/]+://[^/]*:[^/]*@")


def _without_login(place: str) -> str:
    if _LOGIN.match(place):
        raise ValueError("holds a login, which would end up in logs and records; use ~/.netrc")
    return place


def _listed(value: object) -> object:
    """`--config subjects=UTS01` gives a text, a list in the file a list."""
    return (value,) if isinstance(value, str) else value


class Acceptance(Strict):
    """Who accepted the terms of a data set, and when."""

    accepted_by: Text
    """Name and laboratory."""
    accepted_on: date

    def __str__(self) -> str:
        return f"{self.accepted_by}, {self.accepted_on}"


class Config(Strict):
    """The keys of config/config.yaml and of `--config`."""

    source: Source | None = None
    """Where responses come from; each study's own default when not given."""
    mirrors: dict[Name, Annotated[Text, AfterValidator(_without_login)]] = {}
    """Per data set, where else to take it from: path, bare repository, RIA store, bucket, URL."""
    subjects: Annotated[tuple[Name, ...], BeforeValidator(_listed)] = ()
    """Restrict every study to these subjects; all of the study when not given."""
    licences: dict[Name, Acceptance] = {}
    """Per data set whose access needs it, who accepted its terms."""
    backend: Backend = "numpy"
    """What fits are computed with; `torch_cuda` asks for a GPU."""
    gpu: bool = False
    """Whether jobs that run or train networks ask for a GPU; one that is there is always used."""
    gpu_model: Kind | None = None
    """Kind of GPU that such jobs ask for, in the words of the cluster; any when not given."""
    voxels_per_job: PositiveInt = 23_040
    """Voxels that one job fits, in whole blocks of 768. Results do not depend on it."""


def load_config(config: dict) -> Config:
    """Check what Snakemake gathered from config/config.yaml and `--config`.

    Raises
    ------
    BadInput
        Listing every key that is unknown or wrong.
    """
    try:
        return Config.model_validate(config)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()
        )
        raise BadInput(
            Path("config/config.yaml"),
            "config",
            problems,
            f"known keys: {', '.join(Config.model_fields)}",
        ) from None
