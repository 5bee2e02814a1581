"""The twin of XNLI has the members, columns and quotation marks of the archive."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from braid.datasets import xnli as published
from braid.twins import Twin, xnli

TABLE = Path(published.__file__).parents[3] / "resources" / "xnli" / "twin.tsv"
ENGLISH = ("ar", "hi", "sw", "th", "ur")


@pytest.fixture(scope="module")
def write(package: Callable[[str], Path]) -> Callable[[Path, int], Path]:
    def write(parent: Path, seed: int) -> Path:
        given = {"table": TABLE, "wesnoth": package("wesnoth")}
        xnli.write(parent / "xnli", parent / "truth", given, seed)
        return parent

    return write


@pytest.fixture(scope="module")
def twin(write: Callable[[Path, int], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("twin"), 1)


def test_offers_what_every_twin_does() -> None:
    assert isinstance(xnli, Twin)


def test_the_bucket_holds_one_archive(twin: Path) -> None:
    assert [path.name for path in (twin / "xnli").iterdir()] == ["XNLI-15way.zip"]
    with zipfile.ZipFile(twin / "xnli/XNLI-15way.zip") as archive:
        names = archive.namelist()
        dates = {member.date_time for member in archive.infolist()}
        raw = archive.read("XNLI-15way/xnli.15way.orig.tsv").decode("utf-8")
        notice = archive.read("XNLI-15way/README.txt").decode()
    assert names == [f"XNLI-15way/{n}" for n in (
        "README.txt", "xnli.15way.orig.tsv", "xnli.15way.tok.tsv"
    )]  # fmt: skip
    assert dates == {(2018, 9, 1, 0, 0, 0)}
    assert raw.startswith("ar\tbg\tde\tel\ten\tes\tfr\thi\tru\tsw\tth\ttr\tur\tvi\tzh\n")
    assert {line.count("\t") for line in raw.rstrip("\n").split("\n")} == {14}
    assert notice.startswith("SIMULATED DATA")
    assert "GNU General Public License" in notice


def test_every_seed_gives_the_same_archive(
    twin: Path, write: Callable[[Path, int], Path], tmp_path: Path
) -> None:
    again = write(tmp_path, 2) / "xnli/XNLI-15way.zip"
    assert again.read_bytes() == (twin / "xnli/XNLI-15way.zip").read_bytes()


def test_the_reader_finds_parallel_sentences(twin: Path) -> None:
    archive = twin / "xnli/XNLI-15way.zip"
    found = published.read_sentences(archive, published.LANGUAGES)
    tokens = published.read_sentences(archive, published.LANGUAGES, tokenised=True)
    assert len(found) == len(tokens) > 300
    assert (found["en"].str.count('"') % 2 == 1).mean() == pytest.approx(0.1, abs=0.02)
    squeezed = (table.map(lambda text: "".join(text.split())) for table in (found, tokens))
    assert next(squeezed).equals(next(squeezed))
    assert (tokens["zh"].str.split().str.len() > 5).mean() > 0.8


def test_languages_are_their_own_or_english(twin: Path) -> None:
    found = published.read_sentences(twin / "xnli/XNLI-15way.zip", published.LANGUAGES)
    for language in published.LANGUAGES:
        same = (found[language] == found["en"]).mean()
        assert same == 1 if language in (*ENGLISH, "en") else same < 0.05
    assert found["zh"].str.contains("[\u4e00-\u9fff]").mean() > 0.99
    assert found["ru"].str.contains("[а-я]").mean() > 0.99


def test_nothing_was_planted(twin: Path) -> None:
    assert [path.name for path in (twin / "truth").iterdir()] == ["README"]
