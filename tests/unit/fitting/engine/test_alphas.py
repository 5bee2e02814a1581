from itertools import pairwise

import numpy as np
import pytest

from braid.fitting.engine.alphas import compress

AXES = 200
SPECTRA = {
    "power": np.sort(np.arange(1.0, AXES + 1) ** -2),
    "flat": np.linspace(0.5, 2, AXES),
    "two scales": np.sort(np.r_[np.full(100, 1e-9), np.linspace(1, 2, 100)]),
}
GRIDS = {"usual": np.logspace(-4, 2, 20), "wide": np.logspace(-12, 12, 25)}

spectra = pytest.mark.parametrize("squares", SPECTRA.values(), ids=SPECTRA)
grids = pytest.mark.parametrize("alphas", GRIDS.values(), ids=GRIDS)


def _weights(squares, spread):
    """Lengths of the axes for responses that are half noise, half signal."""
    return np.sqrt(spread * (squares / squares.sum() + squares**2 / (squares**2).sum()))


def _restored(compression):
    C, first, parts = compression.expand @ compression.mix, 0, []
    for band in compression.bands:
        parts.append(C[:, first : first + len(band.functions)] @ band.functions)
        first += len(band.functions)
    assert first == C.shape[1]
    return np.hstack(parts)


@spectra
@grids
@pytest.mark.parametrize("accuracy", [1e-3, 1e-6, 1e-12])
def test_pieces_and_residual_are_the_penalties(squares, alphas, accuracy):
    spread = np.random.default_rng(0).uniform(0.5, 2, AXES) * squares
    compression = compress(squares, spread, alphas, accuracy)
    R = 1 / (squares + alphas[:, None])
    np.testing.assert_allclose(_restored(compression) + compression.residual, R, rtol=1e-15)
    left = np.linalg.norm(compression.residual * _weights(squares, spread), axis=1)
    asked = accuracy * np.linalg.norm(R * _weights(squares, spread), axis=1)
    assert (left <= 2 * asked + 1e-15 * asked / accuracy * len(alphas)).all()


@spectra
def test_bands_part_the_axes(squares):
    compression = compress(squares, squares, GRIDS["usual"], 1e-4)
    edges = [(band.axes.start, band.axes.stop) for band in compression.bands]
    assert edges[0][0] == 0
    assert edges[-1][1] == AXES
    assert all(a[1] == b[0] for a, b in pairwise(edges))
    assert compression.products < AXES * 20


@spectra
@pytest.mark.parametrize("accuracy", [1e-3, 2e-7])
def test_a_grid_eight_times_as_long_needs_hardly_more_products(squares, accuracy):
    short, long = (
        compress(squares, squares, np.logspace(-4, 2, n), accuracy).products for n in (20, 160)
    )
    assert long <= 1.1 * short + 10


def test_more_accuracy_costs_more_products():
    squares = SPECTRA["power"]
    products = [
        compress(squares, squares, GRIDS["wide"], accuracy).products
        for accuracy in (1e-2, 1e-4, 1e-6)
    ]
    assert products == sorted(products)
    assert len(set(products)) == 3


@pytest.mark.parametrize("alphas", [[1.0], [0.01, 100.0]], ids=["one", "two"])
@pytest.mark.parametrize("spectrum", ["power", "flat"])
def test_one_or_two_penalties_are_left_alone(spectrum, alphas):
    squares = SPECTRA[spectrum]
    assert compress(squares, squares, np.array(alphas), 1e-6) is None


@pytest.mark.parametrize("scale", [2.0**-40, 2.0**40])
def test_the_units_of_the_features_do_not_matter(scale):
    squares, alphas = SPECTRA["power"], GRIDS["usual"]
    here = compress(squares, squares, alphas, 1e-5)
    there = compress(scale * squares, scale * squares, scale * alphas, 1e-5)
    assert there.products == here.products
    np.testing.assert_allclose(scale * there.residual, here.residual, atol=1e-15 / alphas[0])
