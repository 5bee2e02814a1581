"""Captions of one language are found by vectors of another where both mean the same."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.spatial.distance import cosine

from braid.evaluation.languages import (
    CAPTIONS,
    _space,
    language_rows,
    of_languages,
    share_a_caption,
    told_apart,
)
from braid.store import save

LANGUAGES = ("en", "fr")
THINGS, WIDTH, PICTURES = 8, 12, 80
SHOWN = np.arange(PICTURES) % THINGS
TESTED = np.arange(1, PICTURES, 3)
CALLED = {"en": SHOWN, "fr": SHOWN // 2}
"""French has one word for two things."""


class World:
    """Pictures of eight things; vectors of a language are meaning, noise and a large mean."""

    def __init__(self, folder, offset=30.0):
        random = np.random.default_rng(3)
        meaning = random.standard_normal((THINGS, WIDTH))
        self.true, self.shards = {}, {}
        for language in LANGUAGES:
            own = meaning + 0.1 * random.standard_normal((THINGS, WIDTH))
            shared = offset * random.standard_normal(WIDTH)
            self.true[language] = (own[SHOWN] + shared).astype(np.float32)
            self.shards[f"said_{language}"] = self._store(folder, language)
        self.captions = pd.DataFrame(
            [(n, f"it is {CALLED[said][n]}", said) for said in LANGUAGES for n in range(80)],
            columns=["image", "caption", "language"],
        )

    def _store(self, folder, language):
        paths = [folder / f"{language}{part}.nc" for part in range(2)]
        for path, part in zip(paths, np.split(np.arange(PICTURES), 2), strict=True):
            held = {"features": (("image", "layer", "feature"), self.true[language][part, None])}
            attrs = {"dataset": "toy", "feature": f"said_{language}", "language": language}
            save(path, xr.Dataset(held, {"image": part, "layer": [0]}, attrs))
        return paths

    def decoded(self, language, subject, responses="own"):
        """The truth with noise around the mean of the training, or that noise alone."""
        random = np.random.default_rng([4, ord(subject), len(language + responses)])
        mean = np.delete(self.true[language], TESTED, axis=0).mean(axis=0)
        signal = (self.true[language][TESTED] - mean) * (responses == "own")
        values = mean + signal + 0.3 * random.standard_normal(signal.shape)
        names = {"subject": subject, "feature": f"said_{language}", "responses": responses}
        return xr.Dataset(
            {"decoded": (("image", "feature"), values.astype(np.float32))},
            {"image": TESTED},
            names | {"label": f"{language}, {responses}"},
        )

    def rows(self):
        given = [*LANGUAGES, "noise"]
        decoded = [
            self.decoded("en", subject, "noise") if one == "noise" else self.decoded(one, subject)
            for subject in "ab"
            for one in given
        ]
        return language_rows(decoded, self.shards, self.captions, 0)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def rows(world):
    return world.rows()


def test_a_row_for_each_subject_origin_and_language(rows):
    assert len(rows) == 2 * (2 + 1 + 2) * 2
    assert rows["subject"].tolist() == ["a"] * 10 + ["b"] * 10
    assert rows["responses"].tolist() == (["own"] * 4 + ["noise"] * 2 + [CAPTIONS] * 4) * 2
    assert (
        rows["decoded"].tolist() == ["en", "en", "fr", "fr", "en", "en", "en", "en", "fr", "fr"] * 2
    )
    assert rows["searched"].tolist() == ["en", "fr"] * 10
    assert set(rows["pictures"]) == {27}


def test_what_is_decoded_finds_captions_of_both_languages_and_noise_does_not(rows):
    own, noise, best = (rows.query("responses == @r") for r in ("own", "noise", CAPTIONS))
    assert own["low"].min() > 0.9
    assert (best["value"] == 1).all()
    assert noise["value"].between(0.35, 0.65).all()
    assert (rows["low"] <= rows["value"]).all()
    assert (rows["value"] <= rows["high"]).all()


def test_noise_is_at_chance_whatever_the_pictures():
    """Kinds are not equally frequent, and some means are nearer to the middle."""
    random = np.random.default_rng(1)
    kinds = random.integers(0, 5, 60) % 4
    true = random.standard_normal((4, 10))[kinds]
    same = kinds[:, None] == kinds
    found = [told_apart(random.standard_normal((60, 10)), true, same).mean() for _ in range(300)]
    assert np.mean(found) == pytest.approx(0.5, abs=0.01)


def test_the_mean_of_a_language_has_no_part(rows, tmp_path):
    """Without the large means, all is as it was; they would hide what is decoded."""
    plain = World(tmp_path, offset=0.0).rows()
    np.testing.assert_allclose(rows["value"], plain["value"], atol=0.02)


def test_the_mean_is_that_of_pictures_that_are_not_tested(world):
    space, true = _space(world.shards["said_fr"], world.captions, TESTED), world.true["fr"]
    assert space.language == "fr"
    np.testing.assert_allclose(space.mean, np.delete(true, TESTED, axis=0).mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(space.true, true[TESTED] - space.mean, rtol=1e-5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_captions_are_compared_in_their_own_language(world, language):
    space = _space(world.shards[f"said_{language}"], world.captions, TESTED)
    called = CALLED[language][TESTED]
    np.testing.assert_array_equal(space.same, called[:, None] == called)


def loop(given, true, same):
    """The same, pair by pair."""
    found = []
    for i in range(len(given)):
        others = [j for j in range(len(true)) if not same[i, j]]
        own = cosine(given[i], true[i])
        found.append(np.mean([cosine(given[i], true[j]) > own for j in others]))
    return found


def test_pairs_are_told_apart_one_by_one():
    random = np.random.default_rng(0)
    true, noise = random.standard_normal((2, 15, 4))
    kinds = random.integers(0, 6, 15)
    same = kinds[:, None] == kinds
    given = true + 1.5 * noise
    found = told_apart(given, true, same)
    np.testing.assert_allclose(found, loop(given, true, same))
    assert 0.5 < found.mean() < 1


def test_pictures_with_a_caption_in_common_are_no_pair():
    said = [(3, "a bag"), (3, "this is a bag"), (7, "a dress"), (9, "look, a bag"), (9, "a bag")]
    captions = pd.DataFrame([*said, (5, "a bag")], columns=["image", "caption"])
    found = share_a_caption(captions, np.array([9, 7, 3]))
    np.testing.assert_array_equal(found, [[1, 0, 1], [0, 1, 0], [1, 0, 1]])


def test_sentences_say_within_across_and_chance(rows):
    said = of_languages(rows)
    assert len(said) == 6
    own = rows.query("subject == 'a' and responses == 'own'")["value"].to_numpy()
    within, across = own[[0, 3]].mean(), own[[1, 2]].mean()
    assert said[0].startswith("a, vectors decoded from own responses: ")
    assert (
        f"in {within:.3f} of the pairs where the language is the same, in {across:.3f}" in said[0]
    )
    assert "(2 pairs of languages; chance 0.5)" in said[0]
    assert said[0].endswith("above chance in 4 of 4.")
    above = (rows.query("subject == 'a' and responses == 'noise'")["low"] > 0.5).sum()
    assert said[1].endswith(f"above chance in {above} of 2.")
    assert said[2].startswith("a, true captions: ")
