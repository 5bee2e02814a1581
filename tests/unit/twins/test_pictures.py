"""Pictures of the simulated NSD: the form of NSD, scenes that are known, in stretches."""

import h5py
import nsd_toys as toys
import numpy as np
import pytest

from braid.datasets import scenes
from braid.twins.nsd import pictures
from braid.twins.nsd.vision import look

COUNT = pictures.STRETCH + 10


@pytest.fixture(scope="module")
def given(package, tmp_path_factory):
    target = tmp_path_factory.mktemp("stamps") / "stamps.zip"
    stamps = toys.small_package(package("tuxpaint"), target)
    return {"tuxpaint": stamps, "fashion": package("fashion")}


@pytest.fixture(scope="module")
def made(given, tmp_path_factory):
    path = tmp_path_factory.mktemp("pictures") / "nsd_stimuli.hdf5"
    album = pictures.write(path, given, COUNT, np.random.default_rng(4))
    with h5py.File(path) as file:
        return album, file["imgBrick"][:], file["imgBrick"].chunks, path.stat().st_size


def test_pictures_have_the_size_and_type_of_nsd(made):
    _, pixels, chunks, size = made
    assert (pixels.shape, pixels.dtype) == ((COUNT, 425, 425, 3), np.uint8)
    assert chunks == (1, 425, 425, 3)
    assert size < 0.2 * pixels.nbytes


def test_they_are_scenes_of_garments_of_the_test_part(given, made):
    album, pixels, *_ = made
    garments = scenes.read_garments(given["fashion"], "test")
    photos = scenes.read_photos(given["tuxpaint"])
    np.testing.assert_array_equal(pixels[-3:], scenes.paint(album.plan[-3:], garments, photos, 425))
    assert album.plan["photo"].sum() == COUNT / 3
    assert album.plan.index.tolist() == list(range(COUNT))


def test_what_is_seen_is_what_was_written(made):
    album, pixels, *_ = made
    np.testing.assert_allclose(album.seen, look(pixels), rtol=1e-6)


def test_five_captions_each_and_six_of_every_tenth(made):
    album, *_ = made
    lengths = [len(said) for said in album.captions]
    assert lengths == [6 if n % 10 == 0 else 5 for n in range(COUNT)]
    for name, said in zip(album.plan["name"], album.captions, strict=True):
        assert all(name in text for text in said)


def test_one_caption_each_in_every_further_language(given, made):
    album, *_ = made
    known = scenes.translations(scenes.read_photos(given["tuxpaint"]))
    assert album.translated == [known[name] for name in album.plan["name"]]


def test_the_same_seed_gives_the_same_file(given, tmp_path):
    paths = [tmp_path / name for name in ("a.hdf5", "b.hdf5", "c.hdf5")]
    for path, seed in zip(paths, (4, 4, 5), strict=True):
        pictures.write(path, given, 3, np.random.default_rng(seed))
    first, again, other = (path.read_bytes() for path in paths)
    assert first == again
    assert first != other
