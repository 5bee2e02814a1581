"""What all studies share: where responses come from, and where to fetch them."""

from pathlib import Path

from pydantic import ValidationError

from braid.errors import BadInput
from braid.study.names import Name, Source, Strict, Text


class Config(Strict):
    """The keys of config/config.yaml and of `--config`."""

    source: Source | None = None
    """Where responses come from; each study's own default when not given."""
    mirrors: dict[Name, Text] = {}
    """Per data set, another place to clone it from: a path, a bare repository, a URL."""


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
            Path("config/config.yaml"), "config", problems, "known keys: source, mirrors"
        ) from error
