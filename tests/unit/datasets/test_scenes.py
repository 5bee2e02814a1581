"""Scenes: what is said is shown, where it is planned, and nothing tells of anything else."""

import gzip
import re

import nsd_toys as toys
import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import binary_erosion
from scipy.stats import f_oneway
from sklearn.linear_model import LogisticRegression

from braid.datasets import scenes
from braid.sources.archives import read_member

GARMENTS = {"a pair of trousers", "a pullover", "a dress", "a sneaker", "a bag"}
RGB = ("red", "green", "blue")
PHOTOS = {"an elephant", "a strawberry", "a daffodil", "a hot air balloon", "a soccer ball"}


@pytest.fixture(scope="module")
def garments(package):
    return scenes.read_garments(package("fashion"), "test")


@pytest.fixture(scope="module")
def photos(package, tmp_path_factory):
    target = tmp_path_factory.mktemp("stamps") / "stamps.zip"
    return scenes.read_photos(toys.small_package(package("tuxpaint"), target))


@pytest.fixture(scope="module")
def made(garments, photos):
    return scenes.compose(garments, photos, 1500, 32, np.random.default_rng(0))


def plain(plan):
    """Rows without light that falls off."""
    return plan.assign(fall=0.0)


def empty(garments):
    """Garments that are not there."""
    return scenes.Garments(np.zeros_like(garments.pixels), garments.names)


def disc(radius, grey=200):
    """A round garment in the middle, with a soft outline."""
    away = np.hypot(*(np.mgrid[:28, :28] - 13.5))
    return (grey * np.clip(radius + 0.5 - away, 0, 1)).astype(np.uint8)


@pytest.mark.parametrize(("part", "each"), [("training", 6000), ("test", 1000)])
def test_garments_are_of_five_classes(package, part, each):
    found = scenes.read_garments(package("fashion"), part)
    assert pd.Series(found.names).value_counts().to_dict() == dict.fromkeys(GARMENTS, each)
    assert found.pixels.shape == (5 * each, 28, 28)


def test_garments_are_those_of_the_file(package, garments):
    """The last bag by the labels is the last bag."""
    folder = "usr/share/datasets/fashion-mnist"
    held = [
        gzip.decompress(read_member(package("fashion"), f"{folder}/t10k-{name}-ubyte.gz"))
        for name in ("images-idx3", "labels-idx1")
    ]
    labels = list(held[1][-10_000:])
    last = max(n for n, label in enumerate(labels) if label == 8)
    row = max(n for n, name in enumerate(garments.names) if name == "a bag")
    picture = held[0][16 + last * 784 : 16 + (last + 1) * 784]
    assert garments.pixels[row].tobytes() == picture


def test_no_garment_of_the_test_part_is_in_the_other(package, garments):
    training = scenes.read_garments(package("fashion"), "training")
    known = {picture.tobytes() for picture in training.pixels}
    assert sum(picture.tobytes() in known for picture in garments.pixels) <= 10


def test_garments_are_told_apart_at_14_pixels(garments):
    small = garments.pixels.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196) / 255
    judge = LogisticRegression(C=0.1, max_iter=200).fit(
        small[::2][:1500], garments.names[::2][:1500]
    )
    assert judge.score(small[1::2], garments.names[1::2]) > 0.92


def test_photos_are_cut_out_and_named(photos):
    assert {photo.name for photo in photos} == PHOTOS
    for photo in photos:
        there = photo.pixels[..., 3] > 0
        assert all(there[edge].any() for edge in (0, -1, np.s_[:, 0], np.s_[:, -1]))
        assert 0.2 < there.mean() < 0.9


def test_things_are_called_in_three_further_languages(photos):
    found = scenes.translations(photos)
    assert set(found) == GARMENTS | PHOTOS
    table = pd.DataFrame.from_dict(found, orient="index")
    assert list(table.columns) == list(scenes.LANGUAGES)
    assert table.loc["an elephant"].tolist() == ["un éléphant", "ゾウ", "象"]
    assert table.loc["a bag"].tolist() == ["un sac", "バッグ", "一个包"]
    assert not table.map(lambda text: bool(re.search(r"[.。!！]|^$", text))).any(axis=None)
    assert all(table[language].is_unique for language in table)


def test_captions_name_the_thing_and_only_that(made):
    for name, said in zip(made.plan["name"], made.captions, strict=True):
        assert len(set(said)) == 5
        assert all(name in text for text in said)
        rest = " ".join(said).replace(name, "")
        assert re.fullmatch(r"(a|photo|of|this|is|picture|and|nothing|else|there|here| )*", rest)


def test_every_photo_is_shown_equally_often_in_a_third_of_the_scenes(made):
    counts = made.plan["name"].value_counts()
    assert set(counts[list(PHOTOS)]) == {100}
    assert counts[list(GARMENTS)].between(150, 250).all()
    assert made.plan["photo"].tolist() == made.plan["name"].isin(PHOTOS).tolist()


def test_scenes_without_photos_can_be_made(garments):
    found = scenes.compose(garments, [], 9, 16, np.random.default_rng(0), share=0)
    assert set(found.plan["name"]) <= GARMENTS
    assert found.pixels.shape == (9, 16, 16, 3)


def test_the_name_tells_nothing_of_the_layout(made):
    layout = made.plan.drop(columns=["photo", "item", "name"])
    assert layout.shape[1] == 15
    groups = [layout.iloc[rows] for rows in made.plan.groupby("name").indices.values()]
    p = [f_oneway(*(group[column] for group in groups)).pvalue for column in layout]
    assert min(p) > 0.05 / 15 / 5
    apart = ["x", "y", "extent", "horizon", "above_red", "below_red", "tint_red", "angle", "fall"]
    assert np.abs(layout[apart].corr().to_numpy() - np.eye(len(apart))).max() < 0.1


def test_the_mean_picture_is_grey(made):
    mean = made.pixels.mean(axis=(0, 1, 2)) / 255
    assert np.abs(mean - 0.5).max() < 0.05
    assert np.ptp(mean) < 0.02


def test_zones_have_their_colours_and_meet_at_the_horizon(garments):
    plan = plain(scenes.plan(garments, [], 40, np.random.default_rng(1), share=0))
    pixels = scenes.paint(plan, empty(garments), [], 100) / 255
    for row, picture in zip(plan.itertuples(), pixels, strict=True):
        above = [row.above_red, row.above_green, row.above_blue]
        below = [row.below_red, row.below_green, row.below_blue]
        np.testing.assert_allclose(picture[:20], np.broadcast_to(above, (20, 100, 3)), atol=0.005)
        np.testing.assert_allclose(picture[80:], np.broadcast_to(below, (20, 100, 3)), atol=0.005)
        channel = int(np.argmax(np.abs(np.subtract(above, below))))
        middle = (above[channel] + below[channel]) / 2
        crossed = np.abs(picture[:, 0, channel] - middle).argmin() / 100
        assert crossed == pytest.approx(row.horizon, abs=0.02)


def test_light_falls_off_and_keeps_the_mean(garments):
    plan = scenes.plan(garments, [], 30, np.random.default_rng(2), share=0)
    flat, lit = (scenes.paint(p, empty(garments), [], 48) / 255 for p in (plain(plan), plan))
    gain = lit.mean(axis=-1) / flat.mean(axis=-1)
    to_the_right = gain[:, :, -1].mean(axis=1) - gain[:, :, 0].mean(axis=1)
    expected = np.sqrt(2) * plan["fall"] * np.cos(plan["angle"])
    np.testing.assert_allclose(to_the_right, expected, atol=0.05)
    assert np.abs(gain.mean(axis=(1, 2)) - 1).max() < 0.03


def test_things_are_where_and_as_large_as_planned(garments):
    round_ones = scenes.Garments(np.stack([disc(13)]), ["a disc"])
    plan = plain(scenes.plan(round_ones, [], 40, np.random.default_rng(3), share=0))
    bare = scenes.paint(plan, empty(round_ones), [], 96).astype(int)
    there = np.abs(scenes.paint(plan, round_ones, [], 96) - bare).sum(axis=-1) > 12
    for row, mask in zip(plan.itertuples(), there, strict=True):
        y, x = np.argwhere(mask).mean(axis=0) / 96
        assert (x, y) == pytest.approx((row.x, row.y), abs=0.03)
        height, width = np.ptp(np.argwhere(mask), axis=0) / 96
        assert (width, height) == pytest.approx((row.extent, row.extent), rel=0.15)


@pytest.mark.parametrize("size", [24, 200])
def test_no_dark_rim_surrounds_a_bright_garment(size):
    """Between the background and the cloth there is nothing darker than both."""
    bright = scenes.Garments(np.stack([disc(9, 250)]), ["a disc"])
    plan = plain(scenes.plan(bright, [], 20, np.random.default_rng(4), share=0))
    plan[[column for column in plan if column.startswith("tint")]] = 1.0
    bare = scenes.paint(plan, empty(bright), [], size)
    shown = scenes.paint(plan, bright, [], size)
    assert (shown.astype(int) - bare > 60).mean() > 0.02
    assert (shown.astype(int) - np.minimum(bare, 230)).min() > -8


def test_the_same_scene_is_painted_at_any_size(garments, photos):
    plan = scenes.plan(garments, photos, 30, np.random.default_rng(5))
    small, large = (scenes.paint(plan, garments, photos, n).astype(float) for n in (40, 160))
    shrunk = large.reshape(30, 40, 4, 40, 4, 3).mean(axis=(2, 4))
    pairs = zip(small.reshape(30, -1), shrunk.reshape(30, -1), strict=True)
    r = [np.corrcoef(a, b)[0, 1] for a, b in pairs]
    assert np.median(r) > 0.97
    assert min(r) > 0.8


def test_stretches_of_a_plan_are_painted_alike(garments, photos, made):
    part = scenes.paint(made.plan[20:30], garments, photos, 32)
    np.testing.assert_array_equal(part, made.pixels[20:30])


def test_the_same_seed_gives_the_same_scenes(garments, photos):
    first, again, other = (
        scenes.compose(garments, photos, 9, 24, np.random.default_rng(n)) for n in (4, 4, 5)
    )
    np.testing.assert_array_equal(again.pixels, first.pixels)
    assert again.captions == first.captions
    assert (other.pixels != first.pixels).any()


def test_photos_are_equally_bright_and_keep_their_hues(photos):
    """On black, whatever a photograph's own light is; a dim tint cuts off nothing."""
    black = {f"{prefix}_{name}": 0.0 for prefix in ("above", "below") for name in RGB}
    layout = {"photo": True, "x": 0.5, "y": 0.5, "extent": 0.9, "horizon": 0.5}
    light = {"fall": 0.0, "angle": 0.0, "tint_red": 0.2, "tint_green": 0.3, "tint_blue": 0.4}
    nothing = scenes.Garments(np.zeros((0, 28, 28), np.uint8), [])
    for number, photo in enumerate(photos):
        plan = pd.DataFrame([layout | black | light | {"item": number}])
        painted = scenes.paint(plan, nothing, photos, 96)[0] / 255
        there = binary_erosion(painted.max(axis=-1) > 0.02, iterations=2)
        assert painted[there].mean() == pytest.approx(0.3 * 0.7, rel=0.2)
        shown = painted.sum(axis=(0, 1))
        drawn = photo.pixels[photo.pixels[..., 3] > 127, :3].sum(axis=0)
        np.testing.assert_allclose(shown / shown.sum(), drawn / drawn.sum(), atol=0.01)


def test_what_it_shows_tells_the_pixels_nothing(made):
    """Scenes of one thing are no more alike than any two colours."""
    r = np.corrcoef(made.pixels[:, ::2, ::2].reshape(1500, -1))
    groups = made.plan.groupby("name").indices.values()
    same = [r[np.ix_(rows, rows)][~np.eye(len(rows), dtype=bool)].mean() for rows in groups]
    assert max(same) < 0.05
    assert abs(np.mean(same)) < 0.015
