"""What is planted: two orthogonal parts of stated strength, or none."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from braid.twins import responses, speech
from braid.twins.ds003020 import signals
from braid.twins.ds003020.signals import Heard, Plant
from braid.twins.ds003020.surfaces import Subject, make_subject
from braid.twins.textgrids import Interval

TRS = 4000


@pytest.fixture(scope="module")
def anatomy() -> Subject:
    return make_subject(1, 9.0)


@pytest.fixture(scope="module")
def heard() -> Heard:
    """A very long story, of independent directions."""
    rng = np.random.default_rng(0)
    return Heard(*(rng.standard_normal((TRS, n)) for n in (signals.SHARED, signals.OWN, 1)))


@pytest.fixture(scope="module")
def plant(anatomy: Subject) -> Callable[..., Plant]:
    def plant(*, signal: bool = True, extra: bool = True) -> Plant:
        return signals.plant(anatomy, np.random.default_rng(1), signal=signal, extra=extra)

    return plant


def _extra(planted: Plant, heard: Heard) -> np.ndarray:
    """Shared part of the responses alone, from its definition."""
    part = np.zeros((TRS, len(planted.region)))
    part[:, planted.region == "language"] = heard.shared @ planted.shared
    return part


def _correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    spread = a.std(axis=0) * b.std(axis=0)
    product = ((a - a.mean(axis=0)) * (b - b.mean(axis=0))).mean(axis=0)
    return product / np.where(spread > 0, spread, 1)


def test_measurements_correlate_with_both_parts_as_the_truth_says(
    plant: Callable[..., Plant], heard: Heard
) -> None:
    planted = plant()
    signal = signals.respond(planted, heard)
    measured = responses.measure(signal, planted.ceiling, np.random.default_rng(2))
    np.testing.assert_allclose(_correlation(measured, signal), planted.ceiling, atol=0.06)
    extra = _correlation(measured, _extra(planted, heard))
    np.testing.assert_allclose(extra, planted.ceiling_extra, atol=0.08)
    assert planted.ceiling_extra.max() > 0.5


def test_the_extra_part_takes_over_from_back_to_front(
    plant: Callable[..., Plant], anatomy: Subject
) -> None:
    planted = plant()
    language = planted.region == "language"
    front = np.nonzero(anatomy.mask)[1][language]
    assert (planted.share[language].min(), planted.share[language].max()) == (0, 1)
    assert np.corrcoef(front, planted.share[language])[0, 1] == pytest.approx(1)
    assert np.all(planted.share[~language] == 0)


def test_the_extra_part_spans_few_directions_and_the_rest_many(
    plant: Callable[..., Plant], heard: Heard
) -> None:
    def rank(extra: bool) -> int:
        planted = plant(extra=extra)
        signal = signals.respond(planted, heard)[:, planted.region == "language"]
        strong = planted.share[planted.region == "language"] >= extra
        return int(np.linalg.matrix_rank(signal[:, strong], tol=1e-6 * TRS))

    few = int((plant().share == 1).sum())
    assert few > 0
    assert rank(extra=True) == min(few, signals.SHARED)
    assert rank(extra=False) == signals.OWN


def test_without_the_extra_part_the_signal_is_as_strong_and_has_none_of_it(
    plant: Callable[..., Plant], heard: Heard
) -> None:
    plain = plant(extra=False)
    np.testing.assert_array_equal(plain.ceiling, plant().ceiling)
    assert plain.ceiling_extra.max() == 0
    signal = signals.respond(plain, heard)
    assert np.abs(_correlation(signal, _extra(plain, heard))).max() < 0.08
    np.testing.assert_allclose(signal[:, plain.region != "none"].std(axis=0), 1)


def test_without_signal_no_ceiling_is_left(plant: Callable[..., Plant]) -> None:
    silent = plant(signal=False)
    assert (silent.ceiling.max(), silent.ceiling_extra.max()) == (0, 0)
    np.testing.assert_array_equal(silent.region, plant().region)


def test_loudness_drives_the_auditory_region_alone(
    plant: Callable[..., Plant], heard: Heard
) -> None:
    planted = plant()
    r = _correlation(signals.respond(planted, heard), heard.loudness)
    assert np.all(r[planted.region == "auditory"] > 0.999)
    assert np.abs(r[planted.region != "auditory"]).max() < 0.08


def test_directions_are_orthogonal_over_the_words_of_all_stories(
    text_archive: Path, vectors: Path
) -> None:
    spoken = speech.tokens(speech.read_text(text_archive)[:6000], "en-us")
    words = [Interval(0, 1, word) for word in spoken]
    stories = signals.meanings([words[:100], words[100:]], vectors)
    assert [len(story) for story in stories] == [100, len(words) - 100]
    found = np.concatenate(stories)
    directions = signals.SHARED + signals.OWN
    np.testing.assert_allclose(np.cov(found.T, ddof=0), np.eye(directions), atol=1e-9)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-9)
