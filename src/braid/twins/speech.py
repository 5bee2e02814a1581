"""Public-domain text spoken by espeak-ng, with the synthesiser's own word and phone times."""

import ctypes
import re
import shutil
import tarfile
import tempfile
import wave
from itertools import count, pairwise, takewhile
from pathlib import Path
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

_TOKEN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")
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
        return self.kind == _PHONEME and self.name.startswith("_")


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


def speak(text: str, seconds: float) -> Speech:
    """Speak `text` until the last pause that leaves the recording `seconds` long.

    Parameters
    ----------
    text
        Plain ASCII, more than fits.
    seconds
        Length of the recording; silence follows the last word.

    Returns
    -------
    Speech
        Word and phone intervals are in order and do not overlap. espeak-ng joins some function
        words ("to be"); the times of the joined ones are interpolated by character position.
    """
    sound, rate, marks = _synthesise(text)
    cut = [mark for mark in marks if mark.pause and mark.time + 2 * LEAD < seconds][-1]
    spoken = [mark for mark in marks if mark.time <= cut.time]
    track = np.zeros(round(seconds * rate), np.int16)
    begin, stop = round(LEAD * rate), round(cut.time * rate)
    track[begin : begin + stop] = sound[:stop]
    words = _words(text[: cut.position], spoken)
    return Speech(track, rate, _later(words), _later(_phones(spoken)), cut.position)


def write_wav(path: Path, sound: Int16[np.ndarray, " sample"], rate: int, channels: int) -> None:
    """Write 16-bit PCM, the same sound in each channel."""
    with atomic(path) as partial, wave.open(str(partial), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(sound, channels).tobytes())


def _library() -> tuple[ctypes.CDLL, int]:
    """Load espeak-ng anew; return it with its sampling rate."""
    # Its pitch flutter goes on from one text to the next and nothing resets it: only a copy of the
    # library, which the loader takes for another one, says the same text twice in the same way.
    with tempfile.NamedTemporaryFile(suffix=".so") as copy:
        shutil.copyfile(espeakng_loader.get_library_path(), copy.name)
        library = ctypes.CDLL(copy.name)
    data = str(espeakng_loader.get_data_path()).encode()
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, data, _PHONEME_EVENTS)
    library.espeak_SetVoiceByName(b"en-us")
    library.espeak_SetParameter(_RATE, WORDS_PER_MINUTE, 0)
    return library, rate


def _synthesise(text: str) -> tuple[Int16[np.ndarray, " sample"], int, list[_Mark]]:
    library, rate = _library()
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
    raw = text.encode("ascii")
    library.espeak_Synth(raw, len(raw) + 1, 0, 0, 0, _CHARACTERS, None, None)
    library.espeak_Synchronize()
    return np.concatenate(chunks), rate, marks


def _name(event: _Event) -> str:
    return event.name.decode("utf-8") if event.type == _PHONEME else ""


def _words(text: str, marks: list[_Mark]) -> list[Interval]:
    """Words of the text; a word lasts until the next word or pause begins."""
    anchors = {mark.position: mark.time for mark in reversed(marks) if _anchors(mark)}
    positions = sorted(anchors)
    tokens = list(_TOKEN.finditer(text))
    starts = np.interp(
        [token.start() for token in tokens], positions, [anchors[p] for p in positions]
    )
    pauses = [mark.time for mark in marks if mark.pause]
    edges = np.unique([*starts, *pauses])
    ends = edges[np.searchsorted(edges, starts) + 1]
    return [
        Interval(float(start), float(end), token.group())
        for token, start, end in zip(tokens, starts, ends, strict=True)
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
