"""Small files of the simulated ds003643: annotations of the words, sidecars, descriptions."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import log10
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from braid.twins import textgrids
from braid.twins.textgrids import Interval

README = """\
SIMULATED DATA: a double of OpenNeuro ds003643 in the same layout.

No brain was scanned. The story is made of sentences of a campaign of The Battle for Wesnoth (GPL)
and their French and Chinese translations, spoken by the synthesiser espeak-ng; the responses are
planted weights on features of the sentences and of the sound, a haemodynamic response and noise.
In the annotations only words, times and sections are those of the speech, and a Chinese word is a
character, which is what the synthesiser times. All else in them is SIMULATED: parses are flat,
embeddings are short and few, and only the names of the columns that public readers use are real.

The real data set: Li, J., Bhattasali, S., Zhang, S. et al. Le Petit Prince multilingual
naturalistic fMRI corpus. Sci Data 9, 530 (2022). doi:10.1038/s41597-022-01625-7

### Notes for number of fMRI scans and audio length

{table}

Chinese: The raw fMRI data have 4 extra scans (8 seconds) at the audio offset, while the
preprocessed data match the audio length.

English: The raw fMRI data have 4 extra scans (8 seconds) at audio onset and 4 extra scans after the
audio offset. The preprocessed data retain only the 4 extra scans after audio offset.

French: Both the raw and preprocessed data include 2 extra scans (4 seconds) after the audio offset.
"""
CHANGES = "1.0.0 2025-02-12\n  - simulated data, first version\n"
ECHO_TIMES = {
    "EN": (0.0128, 0.0275, 0.043),
    "CN": (0.0128, 0.0275, 0.043),
    "FR": (0.01, 0.025, 0.038),
}
SLICES = 11

# Rows of the published annotations that are no words of the text, by language and row.
DEFECTS = {"FR": {338: "s'", 1204: ""}}
UTF_16 = {"EN": (3, 4, 5, 6), "FR": range(1, 10), "CN": ()}  # sections, by the sizes of the files
COLUMNS = (
    *("word", "lemma", "onset", "offset", "logfreq", "pos", "section"),
    *("top_down", "bottom_up", "left_corner"),
)
SILENCES = ("", "#", "sil")
PICTURES = ("boa", "drawing_one", "drawing_two")


class Spoken(NamedTuple):
    """A section as the annotators have it: its words, the sentences they are of, its loudness."""

    language: str
    number: int
    words: list[Interval]
    sentences: list[list[str]]
    loudness: np.ndarray
    end: float


def write(root: Path, table: pd.DataFrame, subjects: Sequence[str]) -> None:
    """Write the files of the top folder, the quizzes and the pictures."""
    (root / "README").write_text(README.format(table=_scans(table)))
    (root / "CHANGES").write_text(CHANGES)
    (root / ".bidsignore").write_text("*.csv\n*.TextGrid\n*.png\n")
    _write_json(root / "dataset_description.json", _description())
    _write_json(root / "participants.json", {"age": {"Description": "age of participant"}})
    columns = "participant_id\tage\tsex\tcorrect_quiz_questions\ttotal_quiz_questions"
    rows = [f"sub-{name}\tn/a\tn/a\t{_quiz(name[:2])}" for name in subjects]
    (root / "participants.tsv").write_text("\ufeff" + "\n".join([columns, *rows]), "utf-8")
    for folder in ("quiz", "stimuli/images"):
        (root / folder).mkdir(parents=True)
    for language in dict.fromkeys(table["language"]):
        quiz = "section,question,answer\n1,Simulated: what was said?,n/a\n"
        (root / f"quiz/lpp{language}_quiz_questions.csv").write_text(quiz)
    for number, name in enumerate(PICTURES):
        grey = np.full((24, 32), 80 * number, np.uint8)
        Image.fromarray(grey).save(root / f"stimuli/images/{name}.png")


def write_annotations(root: Path, language: str, sections: Sequence[Spoken]) -> None:
    """Write the annotations of one language; there are no French coreferences."""
    folder = root / f"annotation/{language}"
    folder.mkdir(parents=True)
    sentences = [sentence for section in sections for sentence in section.sentences]
    words = _word_information(sections)
    tables = {
        "word_information": words,
        "prosody": _prosody(sections),
        **{f"word_embeddings_{name}": _embeddings(words) for name in ("BERT", "GloVe")},
    }
    for name, table in tables.items():
        table.to_csv(folder / f"lpp{language}_{name}.csv", index=False)
    lines = {
        "tree": (f"(ROOT (X {' '.join(words)}))" for words in sentences),
        "dependency": ("\n".join(_flat(words)) + "\n" for words in sentences),
    }
    if language != "FR":
        lines["coreference"] = (f"{n},{words[0]},n/a" for n, words in enumerate(sentences))
    for name, rows in lines.items():
        (folder / f"lpp{language}_{name}.csv").write_text("\n".join([*rows, ""]), "utf-8")
    for section in sections:
        _write_grid(folder / f"lpp{language}_section{section.number}.TextGrid", section)


def write_sidecar(path: Path, language: str, echo: int) -> None:
    """Write what is known of a raw run."""
    content = {
        "TaskName": f"lpp{language}",
        "RepetitionTime": 2,
        "SliceTiming": [round(2 * n / SLICES, 6) for n in range(SLICES)],
        "FlipAngle": 77,
        "InstitutionName": "simulated",
        "EchoTime": ECHO_TIMES[language][echo - 1],
    }
    _write_json(path, content)


def write_head(path: Path) -> None:
    """Write what is known of a French anatomy, which alone have a sidecar."""
    _write_json(path, {"Modality": "MR", "Manufacturer": "simulated"})


def _scans(table: pd.DataFrame) -> str:
    """The table of seconds and scans, in the form of the published README."""
    numbers = sorted(set(table["section"]))
    lines = [["Task", "", *numbers], ["---"] * (2 + len(numbers))]
    for language in sorted(set(table["language"])):
        own = table[table["language"] == language]
        lines += [
            ["---"] * (2 + len(numbers)),
            ["", "audio (s)", *own["audio"]],
            [f"**{language}**", "scan_raw", *own["raw"]],
            ["", "scan_preproc", *own["preproc"]],
        ]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _quiz(language: str) -> str:
    return "n/a\tn/a" if language == "FR" else "30\t36"


def _word_information(sections: Sequence[Spoken]) -> pd.DataFrame:
    rows = [
        (section.number, *row)
        for section in sections
        for word in section.words
        for row in _published(word, section.language)
    ]
    for place, word in DEFECTS.get(sections[0].language, {}).items():
        if place < len(rows):
            number, _, _, end = rows[place - 1]
            rows.insert(place, (number, word, end, end))
    counts = Counter(word for _, word, _, _ in rows)
    table = pd.DataFrame(rows, columns=pd.Index(["section", "word", "onset", "offset"]))
    constants = {"pos": "X", "top_down": 1, "bottom_up": 1, "left_corner": 1}
    frequency = table["word"].map(lambda word: round(log10(counts[word]), 4))
    complete = table.assign(lemma=table["word"], logfreq=frequency, **constants)
    return complete.loc[:, list(COLUMNS)]


def _published(word: Interval, language: str) -> Iterator[tuple[str, float, float]]:
    """English is in small letters; contractions have a second row, and no sign; TRUE is a word."""
    if language != "EN":
        yield word.label, word.start, word.end
        return
    label = word.label.lower()
    middle = round((word.start + word.end) / 2, 4)
    if "'" in label:
        yield label.replace("'", ""), word.start, middle
        yield "", middle, word.end
    else:
        yield "TRUE" if label == "true" else label, word.start, word.end


def _prosody(sections: Sequence[Spoken]) -> pd.DataFrame:
    """Ten rows a second, where the published files have a hundred."""
    tables = [
        pd.DataFrame(
            {
                "time": np.round(np.arange(len(section.loudness)) / 10, 1),
                "intensity": np.round(section.loudness, 2),
                "f0": 0,
                "section": section.number,
            }
        )
        for section in sections
    ]
    return pd.concat(tables)


def _embeddings(words: pd.DataFrame) -> pd.DataFrame:
    """Three words of four numbers, where the published files have all, of 300 or more."""
    few = words.loc[:2, ["word"]]
    return few.assign(**{str(number): [0.25, 0.5, 0.75] for number in range(4)})


def _flat(words: Sequence[str]) -> Iterator[str]:
    """Dependencies of the words of a sentence, all of the first one."""
    yield f"root(ROOT-0, {words[0]}-1)"
    for number, word in enumerate(words[1:], 2):
        yield f"dep({words[0]}-1, {word}-{number})"


def _write_grid(path: Path, section: Spoken) -> None:
    tier = textgrids.fill(section.words, section.end, "#", "sil", SILENCES)
    encoding = "utf-16" if section.number in UTF_16[section.language] else "utf-8"
    textgrids.write_long(path, {"words": tier}, section.end, encoding)


def _description() -> dict[str, object]:
    return {
        "Name": "SIMULATED double of: Le Petit Prince, a multilingual fMRI corpus",
        "BIDSVersion": "1.6.0",
        "Authors": ["simulated by BRAID"],
        "License": "CC0",
        "SourceDatasets": [{"DOI": "doi:10.18112/openneuro.ds003643.v2.0.7"}],
    }


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n")
