"""Material of the twins: a text, word vectors, and one small twin."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from braid.twins import ds003020


@pytest.fixture(scope="session")
def text_archive(package: Callable[[str], Path]) -> Path:
    return package("brotli")


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "story": ["souls", "avatar", "legacy", "food", "wheretheressmoke"],
            "trs": [34, 36, 38, 32, 80],
            "UTS01": ["yes", "yes", "yes", "yes", "yes"],
            "UTS02": ["yes", "no", "no", "no", "yes"],
            "UTS09": ["no", "no", "no", "no", "yes"],
        }
    )


@pytest.fixture(scope="session")
def write(
    text_archive: Path,
    vectors: Path,
    table: pd.DataFrame,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., tuple[Path, Path]]:
    path = tmp_path_factory.mktemp("table") / "twin.tsv"
    table.to_csv(path, sep="\t", index=False)
    given = {"table": path, "brotli": text_archive, "wordllama": vectors}

    def write(parent: Path, **options: object) -> tuple[Path, Path]:
        folder, truth = parent / "ds003020", parent / "truth"
        ds003020.write(folder, truth, given, seed=7, voxel=10.0, **options)
        return folder, truth

    return write


@pytest.fixture(scope="session")
def twin(
    write: Callable[..., tuple[Path, Path]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    return write(tmp_path_factory.mktemp("twin"))
