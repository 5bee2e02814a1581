"""Simulated early vision: local, oriented, blind to what the whole picture is like."""

import numpy as np
import pytest

from braid.twins.nsd import vision

PICTURES, VOXELS = 40, 60


@pytest.fixture(scope="module")
def pixels():
    """Patchworks of grey."""
    patches = np.random.default_rng(0).integers(40, 120, (PICTURES, 20, 20, 1))
    return np.tile(patches.repeat(16, axis=1).repeat(16, axis=2), 3).astype(np.uint8)


def respond(pixels, seed=1):
    return vision.respond(pixels, VOXELS, np.random.default_rng(seed))


def test_responses_are_standardised_over_the_pictures(pixels):
    found = respond(pixels)
    assert found.shape == (PICTURES, VOXELS)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(found.std(axis=0), 1)


def test_brightness_and_contrast_of_the_whole_picture_do_not_matter(pixels):
    gain = np.linspace(0.5, 1.5, PICTURES)[:, None, None, None]
    changed = np.clip(pixels * gain + 30 * gain, 0, 255).astype(np.uint8)
    same = [
        np.corrcoef(a, b)[0, 1] for a, b in zip(respond(pixels).T, respond(changed).T, strict=True)
    ]
    assert min(same) > 0.95


def test_a_spot_moves_only_the_voxels_that_look_there(pixels):
    side = 320 // vision.STEP
    places, _ = vision._fields(side, VOXELS, np.random.default_rng(1))
    spot = np.zeros((side, side))
    spot[16:24, 16:24] = 1
    near = places @ spot.ravel()
    changed = pixels.copy()
    changed[0, np.kron(spot, np.ones((vision.STEP, vision.STEP))) > 0] = 130
    moved = np.abs(respond(changed) - respond(pixels))[0]
    looking, elsewhere = moved[near > 0.3], moved[near < 0.001]
    assert min(len(looking), len(elsewhere)) > 3
    assert np.median(looking) > 4 * np.median(elsewhere)


def test_waves_are_a_quarter_apart_and_see_no_mean():
    places, waves = vision._fields(30, VOXELS, np.random.default_rng(2))
    np.testing.assert_allclose(places.sum(axis=1), 1)
    np.testing.assert_allclose((waves * places).sum(axis=2), 0, atol=1e-12)
    overlap = (waves[0] * waves[1] * places).sum(axis=1)
    assert np.abs(overlap).max() < 0.1


def test_energy_is_that_of_a_stripe_in_its_own_direction():
    places, waves = vision._fields(60, 200, np.random.default_rng(3))
    stripes = np.sin(np.arange(60) / 2)[None] * np.ones((60, 1))
    energy = [
        np.hypot(*(wave * places @ s.ravel() for wave in waves)) for s in (stripes, stripes.T)
    ]
    upright = np.abs(np.diff(waves[0].reshape(-1, 60, 60), axis=2)).mean(axis=(1, 2))
    lying = np.abs(np.diff(waves[0].reshape(-1, 60, 60), axis=1)).mean(axis=(1, 2))
    prefers = upright > lying
    assert np.mean((energy[0] > energy[1]) == prefers) > 0.9
