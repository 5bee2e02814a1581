"""Pictures show what their captions say."""

import re

import nsd_toys as toys
import numpy as np
import pytest

from braid.twins.nsd import pictures

COUNT = 94  # every thing twice


@pytest.fixture(scope="module")
def archive(package, tmp_path_factory):
    return toys.small_package(package("tuxpaint"), tmp_path_factory.mktemp("stamps") / "s.zip")


@pytest.fixture(scope="module")
def album(archive):
    return pictures.make(archive, COUNT, np.random.default_rng(4))


def those(album, pattern):
    return [n for n, said in enumerate(album.captions) if re.search(pattern, said[4])]


def test_pictures_have_the_size_and_type_of_nsd(album):
    assert album.pixels.shape == (COUNT, 425, 425, 3)
    assert album.pixels.dtype == np.uint8


def test_five_captions_each_and_six_of_every_tenth(album):
    lengths = [len(said) for said in album.captions]
    assert lengths == [6 if n % 10 == 0 else 5 for n in range(COUNT)]
    assert all(text[0].isupper() and text[-1] in ".!" for said in album.captions for text in said)


def test_every_thing_is_shown_equally_often(album):
    names = [re.match(r"A photo of (.*?) (on|among) ", said[0])[1] for said in album.captions]
    values, counts = np.unique(names, return_counts=True)
    assert len(values) == 47
    assert set(counts.tolist()) == {2}
    assert {"a koala", "a bunch of grapes", "a fire truck", "a violin"} <= set(values)


def test_all_captions_of_a_picture_name_the_same_thing(album):
    for said in album.captions:
        thing = re.match(r"A photo of an? (.*?) (on|among) ", said[0])[1]
        assert all(thing in text for text in said)


@pytest.mark.parametrize(("colour", "channels"), [("red", [0]), ("green", [1]), ("blue", [2])])
def test_the_background_has_the_colour_of_the_caption(album, colour, channels):
    numbers = those(album, f"on a {colour} background")
    assert numbers
    for number in numbers:
        corner = album.pixels[number][:20, :20].mean(axis=(0, 1))
        assert corner.argmax() in channels


def thing_at(pixels):
    """Column of the middle of what is not background: where neighbours along y differ."""
    grey = pixels.astype(float).mean(axis=-1)
    edges = np.abs(np.diff(grey.reshape(85, 5, 85, 5).mean(axis=(1, 3)), axis=0))
    strong = np.where(edges > 10, edges, 0)
    return (strong.sum(axis=0) * np.arange(85)).sum() / strong.sum() / 85


def test_things_are_where_the_caption_says(album):
    plain = those(album, "on a (red|green|blue|yellow|white) background")
    for place, low, high in (("left", 0, 0.4), ("middle", 0.38, 0.62), ("right", 0.6, 1)):
        numbers = set(those(album, f"{place}\\.$")) & set(plain)
        middles = [thing_at(album.pixels[number]) for number in numbers]
        assert len(middles) > 5
        assert low < np.median(middles) < high
    left, right = (
        np.median([thing_at(album.pixels[n]) for n in set(those(album, f"{p}\\.$")) & set(plain)])
        for p in ("left", "right")
    )
    assert left + 0.3 < right


def test_large_things_cover_more_than_small_ones(album):
    plain = set(those(album, "on a (red|green|blue|yellow|white) background"))

    def covered(size):
        grey = [
            album.pixels[n].astype(float).mean(axis=-1) for n in plain & set(those(album, size))
        ]
        blocks = [g.reshape(85, 5, 85, 5).mean(axis=(1, 3)) for g in grey]
        return np.mean([(np.abs(np.diff(b, axis=0)) > 10).mean() for b in blocks])

    assert covered("large") > 1.5 * covered("small")


def test_light_falls_off_in_every_direction():
    rng = np.random.default_rng(0)
    white = np.full((425, 425, 3), 255, np.uint8)
    lit = np.stack([pictures._light(white, rng) for _ in range(40)]).astype(float)
    assert lit.max() > 250
    assert lit.min() >= 255 * pictures.DARKEST - 1
    tilt = lit[:, :, -1].mean(axis=(1, 2)) - lit[:, :, 0].mean(axis=(1, 2))
    assert 10 < (tilt > 0).sum() < 30


def test_the_same_seed_gives_the_same_album(archive):
    first, again, other = (pictures.make(archive, 9, np.random.default_rng(n)) for n in (4, 4, 5))
    np.testing.assert_array_equal(again.pixels, first.pixels)
    assert again.captions == first.captions
    assert other.captions != first.captions
