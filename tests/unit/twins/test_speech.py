"""Spoken stories: every word of the text, at the time when it is heard."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from braid.twins import speech

SECONDS = 60.0


@pytest.fixture(scope="module")
def text(text_archive: Path) -> str:
    return speech.read_text(text_archive)


@pytest.fixture(scope="module")
def spoken(text: str) -> speech.Speech:
    return speech.speak(text[:3000], SECONDS)


def test_text_is_one_plain_line_without_headings(text: str) -> None:
    assert text.startswith("Alice was beginning to get very tired")
    assert text.isascii()
    assert "CHAPTER" not in text
    assert "Pool of Tears" not in text  # the heading of chapter 2
    assert len(text) > 130_000
    assert re.search(r"[^A-Za-z'.,;:!? -]", text) is None


def test_every_word_of_the_text_is_there_in_order(text: str, spoken: speech.Speech) -> None:
    said = re.sub(r"[^A-Za-z']", " ", text[: spoken.characters]).split()
    assert [word.label for word in spoken.words] == said


def test_the_same_text_is_spoken_in_the_same_way_again(text: str, spoken: speech.Speech) -> None:
    again = speech.speak(text[:3000], SECONDS)
    np.testing.assert_array_equal(again.sound, spoken.sound)
    assert again.words == spoken.words


def test_words_that_the_synthesiser_joins_get_times_of_their_own() -> None:
    joined = "It was to be on the table, and of the house, for the time being. " * 3
    words = speech.speak(joined, 12.0).words
    assert {"to", "be", "on", "the"} <= {word.label for word in words}
    assert all(word.start < word.end for word in words)


def test_joined_words_share_the_time_before_a_pause_and_not_the_pause() -> None:
    words = speech.speak("She looked at it, and went on and on; she sat. " * 3, 12.0).words
    first = next(n for n, word in enumerate(words) if word.label == "at")
    left, right = words[first], words[first + 1]
    assert (right.label, left.end) == ("it", right.start)
    # three of the six characters of "at it,"
    assert right.start == pytest.approx((left.start + right.end) / 2, abs=1e-3)


@pytest.mark.parametrize("tier", ["words", "phones"])
def test_times_increase_and_lie_within_the_sound(spoken: speech.Speech, tier: str) -> None:
    intervals = getattr(spoken, tier)
    assert intervals[0].start >= speech.LEAD
    assert intervals[-1].end < SECONDS
    assert all(interval.start < interval.end for interval in intervals)
    assert all(left.end <= right.start for left, right in pairwise(intervals))


def test_words_sound_and_pauses_are_silent(spoken: speech.Speech) -> None:
    def loudness(start: float, end: float) -> float:
        samples = spoken.sound[round(start * spoken.rate) : round(end * spoken.rate)]
        return float(np.sqrt((samples.astype(float) ** 2).mean()))

    words = [loudness(word.start, word.end) for word in spoken.words]
    pauses = [
        loudness(left.end + 0.05, right.start)
        for left, right in pairwise(spoken.words)
        if right.start > left.end + 0.1
    ]
    assert len(pauses) > 10
    assert np.median(pauses) < 0.05 * np.median(words)
    assert min(words) > 0


def test_sound_has_the_asked_length_and_ends_in_silence(spoken: speech.Speech) -> None:
    assert len(spoken.sound) == round(SECONDS * spoken.rate)
    assert not spoken.sound[round((spoken.words[-1].end + 1) * spoken.rate) :].any()
    assert not spoken.sound[: round(speech.LEAD * spoken.rate)].any()
    assert spoken.words[-1].end > SECONDS - 6


def test_phones_fill_the_words(spoken: speech.Speech) -> None:
    voiced = sum(phone.end - phone.start for phone in spoken.phones)
    worded = sum(word.end - word.start for word in spoken.words)
    assert voiced == pytest.approx(worded, rel=0.1)
    assert len(spoken.phones) > 2 * len(spoken.words)


@pytest.mark.parametrize("channels", [1, 2])
def test_wav_is_16_bit_pcm(spoken: speech.Speech, channels: int, tmp_path: Path) -> None:
    path = tmp_path / "story.wav"
    speech.write_wav(path, spoken.sound, spoken.rate, channels)
    rate, samples = wavfile.read(path)
    assert rate == spoken.rate
    assert samples.dtype == np.int16
    for column in samples.reshape(len(spoken.sound), channels).T:
        np.testing.assert_array_equal(column, spoken.sound)


FRENCH = "Je sens que l'école se trouve là-bas, à côté. Où êtes-vous allés, cet été ? " * 4
CHINESE = "我感觉到通往权杖之路在我的西南方。那好吧，我们得快点儿了！" * 4


@pytest.mark.parametrize(
    ("voice", "text", "first"),
    [("fr", FRENCH, ["Je", "sens", "que", "l'", "école"]), ("cmn", CHINESE, list("我感觉到通"))],
)
def test_other_languages_are_cut_into_words_of_their_own(
    voice: str, text: str, first: list[str]
) -> None:
    spoken = speech.speak(text, 15.0, voice)
    said = speech.tokens(text, voice)
    assert said[:5] == first
    assert [word.label for word in spoken.words] == said[: len(spoken.words)]
    assert len(spoken.words) > 20


@pytest.mark.parametrize(("voice", "text"), [("fr", FRENCH), ("cmn", CHINESE)])
def test_other_languages_pause_where_the_text_does(voice: str, text: str) -> None:
    spoken = speech.speak(text, 15.0, voice)
    assert text[spoken.characters] in " 。，！"
    clauses = [speech.tokens(part, voice) for part in re.split("[，。！,.?]", text)]
    ends = np.cumsum([len(words) for words in clauses if words])
    for end in ends[ends < len(spoken.words)]:
        assert spoken.words[end].start - spoken.words[end - 1].end > 0.1
    within = np.setdiff1d(np.arange(1, len(spoken.words)), ends)
    gaps = [spoken.words[n].start - spoken.words[n - 1].end for n in within]
    assert max(gaps) < 0.05


@pytest.mark.parametrize(("voice", "text"), [("fr", FRENCH), ("cmn", CHINESE)])
def test_every_voice_speaks_its_words_aloud_and_in_order(voice: str, text: str) -> None:
    spoken = speech.speak(text, 15.0, voice)
    for word in spoken.words:
        samples = spoken.sound[round(word.start * spoken.rate) : round(word.end * spoken.rate)]
        assert np.abs(samples.astype(int)).max() > 500
    assert all(left.end <= right.start for left, right in pairwise(spoken.words))
    assert np.median([phone.end - phone.start for phone in spoken.phones]) > 0.03
