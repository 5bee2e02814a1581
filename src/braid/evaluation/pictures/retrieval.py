"""Finding the true picture among many by decoded features, and the decoded among many by true ones.

Scotti et al. 2023, section 3.1 (MindEye), who look among 300 pictures, 30 times.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr
from jaxtyping import Bool, Float

from braid.errors import BadInput

TIE = 1e-6
"""Cosines this near are the same: features of pictures that are described alike are equal."""


def retrieval(
    true: Float[np.ndarray, "image feature"],
    decoded: Float[np.ndarray, "image feature"],
    gallery: int,
    draws: int,
    seed: int,
) -> xr.Dataset:
    """How often a picture's own feature is nearest, by the cosine, among those of a gallery.

    Each picture has random galleries of its own, with itself in each; MindEye draws pictures, and
    looks for each of them among them all. The mean over pictures is of the same thing. Of k that
    are equally near, each is found once in k times.

    Parameters
    ----------
    true, decoded
        Features of the same pictures.
    gallery
        Pictures to choose from.
    draws
        Galleries for each picture.
    seed
        Of these.

    Returns
    -------
    xr.Dataset
        Shares of galleries with a hit, of each picture: `forward` (image), the true one found by
        the decoded one (image retrieval), and `backward` (image), the decoded one found by the
        true one (brain retrieval); attributes `gallery`, `draws` and `chance`.

    Raises
    ------
    BadInput
        When there are fewer pictures than a gallery takes.
    """
    if gallery > len(true):
        problem = f"{gallery} pictures, but there are only {len(true)}"
        raise BadInput("retrieval", "gallery", problem, "make it smaller")
    cosines = _directions(decoded) @ _directions(true).T
    looks = list(_galleries(len(true), gallery, draws, np.random.default_rng(seed)))
    hits = {
        "forward": ("image", _hits(cosines, looks)),
        "backward": ("image", _hits(cosines.T, looks)),
    }
    attrs = {"gallery": gallery, "draws": draws, "chance": 1 / gallery}
    return xr.Dataset(hits, attrs=attrs)


def retrieval_curve(
    true: Float[np.ndarray, "image feature"],
    decoded: Float[np.ndarray, "image feature"],
    galleries: Sequence[int],
    draws: int,
    seed: int,
) -> xr.Dataset:
    """Do the same for galleries of several sizes.

    Returns
    -------
    xr.Dataset
        `forward` and `backward` (gallery, image), and `chance` (gallery).
    """
    found = [retrieval(true, decoded, gallery, draws, seed) for gallery in galleries]
    joined = xr.concat(found, xr.Variable("gallery", list(galleries)), combine_attrs="drop")
    chance = [one.attrs["chance"] for one in found]
    return joined.assign(chance=("gallery", chance)).assign_attrs(draws=draws)


def _directions(features: Float[np.ndarray, "image feature"]) -> Float[np.ndarray, "image feature"]:
    """Features of length 1; zeros stay, and are as near to all."""
    norm = np.linalg.norm(features, axis=1, keepdims=True)
    return np.divide(features, norm, out=np.zeros_like(features), where=norm > 0)


def _galleries(
    images: int, gallery: int, draws: int, rng: np.random.Generator
) -> Iterator[Bool[np.ndarray, "image image"]]:
    """Of each picture, which others are in its gallery; another at each draw."""
    for _ in range(draws):
        keys = rng.random((images, images))
        np.fill_diagonal(keys, np.inf)
        order = keys.argsort(axis=1)[:, : gallery - 1]
        chosen = np.zeros((images, images), dtype=bool)
        np.put_along_axis(chosen, order, True, axis=1)
        yield chosen


def _hits(
    cosines: Float[np.ndarray, "image image"], looks: Sequence[Bool[np.ndarray, "image image"]]
) -> Float[np.ndarray, " image"]:
    """Share of galleries in which nothing else is nearer than the picture's own; ties share."""
    own = cosines.diagonal()[:, None]
    tied = np.isclose(cosines, own, rtol=0, atol=TIE)
    nearer = (cosines > own) & ~tied
    shares = [~(nearer & one).any(axis=1) / (1 + (tied & one).sum(axis=1)) for one in looks]
    return np.mean(shares, axis=0)
