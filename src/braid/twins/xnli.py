"""The simulated double of XNLI: its archive and tables, with sentences of a translated game.

The sentences are parallel like the real ones, dialogue of The Battle for Wesnoth. Where the game
has no translation into a language of XNLI, the English sentence stands in.
"""

import csv
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from braid.store import atomic
from braid.twins import parallel

PACKAGES = ("wesnoth",)
MODELS = ()

UNPAIRED = 10  # a quotation mark opens every tenth sentence, and is not closed
DATE = (2018, 9, 1, 0, 0, 0)
README = """\
SIMULATED DATA: a double of XNLI-15way in the same layout.

The sentences are dialogue of the campaign Heir to the Throne of The Battle for Wesnoth and its
translations, by the Wesnoth project, under the GNU General Public License, version 2 or later. For
ar, hi, sw, th and ur the English sentence stands in.

The real data set: Conneau, A. et al. XNLI: evaluating cross-lingual sentence representations.
EMNLP 2018. Its licence is CC BY-NC 4.0.
"""
NOTHING_PLANTED = "XNLI has no responses: nothing was planted.\n"

_TOKEN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]|[^\W\u3000-\u9fff]+|[^\w\s]")


def write(
    folder: Path,
    truth: Path,
    given: Mapping[str, Path],
    seed: int,
    *,
    signal: bool = True,
) -> None:
    """Write a folder that holds the archive, as the bucket does, the same for every seed.

    Parameters
    ----------
    folder
        To be made.
    truth
        Folder that will say that nothing was planted.
    given
        `table` (columns `language`, and `locale` of the package or n/a) and the Debian package
        `wesnoth`.
    seed, signal
        Of other twins; without effect here.
    """
    orig = _sentences(given["table"], given["wesnoth"])
    tokens = orig.map(lambda text: " ".join(_TOKEN.findall(text)))
    members = {"README.txt": README, "xnli.15way.orig.tsv": _tsv(orig)}
    folder.mkdir(parents=True, exist_ok=True)
    with atomic(folder / "XNLI-15way.zip") as partial, zipfile.ZipFile(partial, "w") as archive:
        for name, text in {**members, "xnli.15way.tok.tsv": _tsv(tokens)}.items():
            member = zipfile.ZipInfo(f"XNLI-15way/{name}", DATE)
            archive.writestr(member, text.encode("utf-8"), zipfile.ZIP_DEFLATED)
    truth.mkdir(parents=True, exist_ok=True)
    (truth / "README").write_text(NOTHING_PLANTED)


def _sentences(table: Path, archive: Path) -> pd.DataFrame:
    with table.open(newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        locales = {row["language"]: row["locale"].replace("n/a", "en") for row in rows}
    found = parallel.sentences(archive, sorted(set(locales.values())))
    found.iloc[::UNPAIRED] = '"' + found.iloc[::UNPAIRED]
    return pd.DataFrame({language: found[locale] for language, locale in locales.items()})


def _tsv(table: pd.DataFrame) -> str:
    """Quotation marks are part of the text: no library writes them as they are."""
    return "".join("\t".join(row) + "\n" for row in [table.columns, *table.to_numpy()])
