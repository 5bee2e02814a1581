"""Text spoken by espeak-ng in three languages, with the synthesiser's own word and phone times."""

import ctypes
import re
import shutil
import tarfile
import tempfile
import wave
from itertools import count, pairwise, takewhile
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import espeakng_loader
import numpy as np
from jaxtyping import Int16

from braid.store import atomic
from braid.twins.textgrids import Interval

LEAD = 0.5  # s of silence before the first word
WORDS_PER_MINUTE = 160
# speak_lib.h of espeak-ng 1.52
_SYNCHRONOUS, _PHONEME_EVENTS, _CHARACTERS, _RATE = 2, 1, 1, 1
_WORD, _PHONEME = 1, 7

# What is a word, by voice: French elisions stand apart, and Chinese is cut into its characters,
# which is what the synthesiser times.
_TOKENS = MappingProxyType(
    {
        "en-us": re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*"),
        "fr": re.compile(r"[^\W\d_]+'?"),
        "cmn": re.compile(r"[\u4e00-\u9fff]"),
    }
)
_JOINT = "_|"  # between the syllables of Chinese; lasts no time
_FIRST_WORDS = "Alice was beginning"


class Speech(NamedTuple):
    """A spoken passage: its sound, its words and phones in seconds, and how much text it took."""

    sound: Int16[np.ndarray, " sample"]
    rate: int
    words: list[Interval]
    phones: list[Interval]
    characters: int


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("milliseconds", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class _Mark(NamedTuple):
    """One event of the synthesiser: character position in the text, time in seconds."""

    kind: int
    position: int
    time: float
    name: str

    @property
    def pause(self) -> bool:
        return self.kind == _PHONEME and self.name.startswith("_") and self.name != _JOINT


def read_text(archive: Path) -> str:
    """Return Alice's Adventures in Wonderland as one line of plain ASCII, without headings.

    Parameters
    ----------
    archive
        The sdist of brotli, whose test data hold the text.
    """
    with tarfile.open(archive) as files:
        name = next(name for name in files.getnames() if name.endswith("testdata/alice29.txt"))
        raw = files.extractfile(name).read().decode("ascii")  # pyright: ignore[reportOptionalMemberAccess]
    body = re.sub(r"CHAPTER [IVXL]+\s+[^\r\n]+", " ", raw[raw.index(_FIRST_WORDS) :])
    letters = re.sub(r"(?<![A-Za-z])'|'(?![A-Za-z])|[^A-Za-z'.,;:!?\s-]", " ", body)
    return " ".join(letters.replace("--", ", ").split())


def tokens(text: str, voice: str) -> list[str]:
    """Words of a text as `speak` tells them apart."""
    return _TOKENS[voice].findall(text)


def speak(text: str, seconds: float, voice: str = "en-us") -> Speech:
    """Speak `text` until the last pause that leaves the recording `seconds` long.

    Parameters
    ----------
    text
        Plain text with straight apostrophes, more than fits.
    seconds
        Length of the recording; silence follows the last word.
    voice
        Of espeak-ng: "en-us", "fr" or "cmn" (Mandarin).

    Returns
    -------
    Speech
        Word and phone intervals are in order and do not overlap. espeak-ng joins some function
        words ("to be"); the times of the joined ones are interpolated by character position.
    """
    sound, rate, heard = _synthesise(text, voice)
    marks = _placed(heard, len(text))
    cut = [mark for mark in marks if mark.pause and mark.time + 2 * LEAD < seconds][-1]
    spoken = [mark for mark in marks if mark.time <= cut.time]
    track = np.zeros(round(seconds * rate), np.int16)
    begin, stop = round(LEAD * rate), round(cut.time * rate)
    track[begin : begin + stop] = sound[:stop]
    words = _words(text[: cut.position], spoken, _TOKENS[voice])
    return Speech(track, rate, _later(words), _later(_phones(spoken)), cut.position)


def write_wav(path: Path, sound: Int16[np.ndarray, " sample"], rate: int, channels: int) -> None:
    """Write 16-bit PCM, the same sound in each channel."""
    with atomic(path) as partial, wave.open(str(partial), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(sound, channels).tobytes())


def _library(voice: str) -> tuple[ctypes.CDLL, int]:
    """Load espeak-ng anew; return it with its sampling rate."""
    # Its pitch flutter goes on from one text to the next and nothing resets it: only a copy of the
    # library, which the loader takes for another one, says the same text twice in the same way.
    with tempfile.NamedTemporaryFile(suffix=".so") as copy:
        shutil.copyfile(espeakng_loader.get_library_path(), copy.name)
        library = ctypes.CDLL(copy.name)
    data = str(espeakng_loader.get_data_path()).encode()
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, data, _PHONEME_EVENTS)
    library.espeak_SetVoiceByName(voice.encode())
    library.espeak_SetParameter(_RATE, WORDS_PER_MINUTE, 0)
    return library, rate


def _synthesise(text: str, voice: str) -> tuple[Int16[np.ndarray, " sample"], int, list[_Mark]]:
    library, rate = _library(voice)
    chunks: list[np.ndarray] = []
    marks: list[_Mark] = []

    @_CALLBACK
    def collect(sound, length, events) -> int:  # noqa: ANN001
        if length:
            chunks.append(np.ctypeslib.as_array(sound, (length,)).copy())
        heard = takewhile(lambda event: event.type, (events[i] for i in count()))
        marks.extend(
            _Mark(event.type, event.position - 1, event.sample / rate, _name(event))
            for event in heard
        )
        return 0

    library.espeak_SetSynthCallback(collect)
    raw = text.encode("utf-8")
    library.espeak_Synth(raw, len(raw) + 1, 0, 0, 0, _CHARACTERS, None, None)
    library.espeak_Synchronize()
    return np.concatenate(chunks), rate, marks


def _name(event: _Event) -> str:
    return event.name.decode("utf-8") if event.type == _PHONEME else ""


def _placed(marks: list[_Mark], end: int) -> list[_Mark]:
    """Put each pause before the next word: espeak-ng counts bytes there, characters elsewhere."""
    placed = []
    for mark in reversed(marks):
        if mark.kind == _WORD:
            end = mark.position - 1
        placed.append(mark._replace(position=end) if mark.pause else mark)
    return placed[::-1]


def _words(text: str, marks: list[_Mark], token: re.Pattern[str]) -> list[Interval]:
    """Words of the text; a word lasts until the next word or pause begins."""
    anchors = {mark.position: mark.time for mark in reversed(marks) if _anchors(mark)}
    positions = sorted(anchors)
    found = list(token.finditer(text))
    starts = np.interp(
        [match.start() for match in found], positions, [anchors[p] for p in positions]
    )
    pauses = [mark.time for mark in marks if mark.pause]
    edges = np.unique([*starts, *pauses])
    ends = edges[np.searchsorted(edges, starts) + 1]
    return [
        Interval(float(start), float(end), match.group())
        for match, start, end in zip(found, starts, ends, strict=True)
    ]


def _anchors(mark: _Mark) -> bool:
    return mark.kind == _WORD or mark.pause


def _phones(marks: list[_Mark]) -> list[Interval]:
    phones = [mark for mark in marks if mark.kind == _PHONEME]
    return [
        Interval(mark.time, after.time, mark.name)
        for mark, after in pairwise(phones)
        if not mark.pause and after.time > mark.time
    ]


def _later(intervals: list[Interval]) -> list[Interval]:
    """Shift by the silence at the start; tenths of a millisecond are all that Praat files keep."""
    return [
        Interval(round(start + LEAD, 4), round(end + LEAD, 4), label)
        for start, end, label in intervals
    ]
