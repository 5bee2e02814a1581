"""Small text files of the simulated ds002322: words with annotations, sidecars, descriptions."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import log2
from pathlib import Path

from braid.twins.textgrids import Interval

README = """\
SIMULATED DATA: a double of OpenNeuro ds002322 in the same layout.

No brain was scanned. The story is the beginning of Alice's Adventures in Wonderland (public domain)
spoken by the synthesiser espeak-ng; the responses are planted weights on features of the words and
of the sound, a haemodynamic response and noise. In code/annotations.tsv only words and times are
those of the speech; frequencies, surprisals, parts of speech, breaks and node counts are SIMULATED:
they follow from how often a word is in the text, its ending and its length.

The real data set: Bhattasali, S., Brennan, J. R., Luh, W.-M., Franzluebbers, B. & Hale, J. T. The
Alice Datasets: fMRI & EEG observations of natural language comprehension. LREC 2020.
"""
CHANGES = "1.0.0 2025-05-21\n  - simulated data, first version\n"
HEADER = (
    "Words\tWord Onset\tWord Offset\tIsLex\tLogFreq\tPOS\tProsBreak\t2-gram lexSurprisal\t"
    "3-gram lexSurprisal\t2-gram posSurprisal\t3-gram posSurprisal\tCFG Surprisal\t"
    "CFG BU nodeCount\tCFG TD nodeCount\tMG BU nodeCount\tMG TD nodeCount"
)

# Defects of the published annotations, by row.
REVERSED, INSTANT = 102, 1899
TWO_SURPRISALS, NO_SURPRISAL = (986, 1166, 1463), 445
NO_NODES = (67, 112, 240, 445, 1017, 1846)
NO_PART = range(60, 2000, 105)

_CLITIC = re.compile(r"(.+)(n't|'(?:ll|ve|re|m|d)|(?<=it|at|re|ho)'s)")
_ENDINGS = {"ly": "RB", "ing": "VB|NN", "ed": "VB", "le": "JJ|NN", "s": "NN|VB"}
_STIMULUS = "DownTheRabbitHoleFinal_mono_exp120_NR16_pad.wav"

_Row = list[str]


def write(root: Path, words: Sequence[Interval], subjects: Sequence[str]) -> None:
    """Write the files of the top folder and of `code/`.

    Parameters
    ----------
    root
        The data set.
    words
        On the clock of the sound file.
    subjects
        Names without `sub-`.
    """
    (root / "README").write_text(README)
    (root / "CHANGES").write_text(CHANGES)
    rows = [f"{subject}\tn/a\tn/a\tn/a\tn/a" for subject in subjects]
    header = "participant_id\tage\tsex\tquiz_score\tfinal_dB"
    (root / "participants.tsv").write_text("\n".join([header, *rows]))
    _write_json(root / "participants.json", {"quiz_score": {"Description": "simulated"}})
    _write_json(root / "dataset_description.json", _description())
    code = root / "code"
    code.mkdir()
    (code / "annotations.tsv").write_bytes(annotations(words).encode("utf-8"))
    (code / "comprehension_questions.tsv").write_text("1\tSimulated: nobody was asked.\n")


def write_sidecars(folder: Path, subject: str, starts: str, echoes: bool) -> None:
    """Write the sidecars of the run, which lie in the folder of the subject.

    Parameters
    ----------
    folder
        Of the subject.
    subject
        Name without `sub-`.
    starts
        When the sound started, as written.
    echoes
        Whether the scan had three echoes, of which the second is there.
    """
    stem = f"sub-{subject}_task-alice"
    event = f"onset\tduration\tstim_file\n{starts}\t748\t{_STIMULUS}\n"
    (folder / f"{stem}_events.tsv").write_text(event)
    scan = {"TaskName": "alice", "RepetitionTime": 2, "EchoTime": 0.0275 if echoes else 0.027}
    _write_json(folder / f"{stem}_bold.json", scan | {"Instructions": "simulated"})


def annotations(words: Sequence[Interval]) -> str:
    """Give the table of words with the defects of the published one: CRLF, no last line end."""
    counts = Counter(word.label.lower() for word in words)
    rows = [row for word in words for row in _rows(word, counts[word.label.lower()] / len(words))]
    timed = [number for number, row in enumerate(rows) if row[1]]
    _spoil_times(rows, timed)
    for number in TWO_SURPRISALS:
        rows[number][7:11] = [f"{value},{value}" for value in rows[number][7:11]]
    rows[NO_SURPRISAL][7:11] = [""] * 4
    for number in NO_NODES:
        rows[number][12:] = [""] * 4
    for number in NO_PART:
        rows[number][5] = ""
    return "\r\n".join([HEADER, *("\t".join(row) for row in rows)])


def _rows(word: Interval, share: float) -> Iterator[_Row]:
    """A word, and as a row without times or break the clitic that is spoken with it."""
    split = _CLITIC.fullmatch(word.label)
    said = split[1] if split else word.label
    yield [
        "TRUE" if said == "true" else said,
        f"{word.start:.9g}",
        f"{word.end:.9g}",
        *_annotated(said, share),
    ]
    if split:
        clitic = split[2].replace("'", "’" if split[1] == "that" else "")
        annotated = _annotated(clitic, share)
        annotated[3] = ""
        yield [clitic, "", "", *annotated]


def _annotated(word: str, share: float) -> list[str]:
    """The 13 columns after the times, by simple rules."""
    lexical = len(word) > 3
    part = next((p for end, p in _ENDINGS.items() if word.endswith(end)), "NN")
    surprisals = [f"{-log2(share) * factor:.9g}" for factor in (1, 0.9, 0.5, 0.4, 1.2)]
    nodes = [str(len(word) // step) for step in (1, 2, 1, 2)]
    return [
        str(int(lexical)),
        f"{16 + log2(share):.4g}",
        part if lexical else "minor",
        str(len(word) % 5),
        *surprisals,
        *nodes,
    ]


def _spoil_times(rows: list[_Row], timed: list[int]) -> None:
    """One word ends where the one before the last ended, another starts where it ends."""
    before, backwards = timed[timed.index(REVERSED) - 2], rows[REVERSED]
    backwards[2] = rows[before][2]
    rows[INSTANT][1] = rows[INSTANT][2]


def _description() -> dict[str, object]:
    return {
        "Name": "SIMULATED double of: The Alice Dataset",
        "BIDSVersion": "1.1.1",
        "License": "CC0",
        "Authors": ["simulated by BRAID"],
        "SourceDatasets": [{"DOI": "doi:10.18112/openneuro.ds002322.v1.0.4"}],
    }


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n")
