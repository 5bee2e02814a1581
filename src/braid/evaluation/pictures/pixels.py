"""Pictures brought to one size, and compared pixel by pixel."""

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image
from skimage.color import rgb2gray
from skimage.metrics import structural_similarity

from braid.evaluation.pictures.similarity import unit_rows

# Pictures that a network sees at once.
BATCH = 32


def resize(
    pictures: UInt8[np.ndarray, "*pictures row column 3"], side: int
) -> UInt8[np.ndarray, "*pictures side side 3"]:
    """Bring pictures to a square, bilinearly; smaller ones average what they no longer show.

    Parameters
    ----------
    pictures
        Of any size; those of the right one stay as they are.
    side
        In pixels.
    """
    if pictures.shape[-3:-1] == (side, side):
        return pictures
    flat = pictures.reshape(-1, *pictures.shape[-3:])
    made = [Image.fromarray(one).resize((side, side), Image.Resampling.BILINEAR) for one in flat]
    return np.stack([*map(np.asarray, made)]).reshape(*pictures.shape[:-3], side, side, 3)


def batches(
    pictures: UInt8[np.ndarray, "*pictures row column 3"], side: int
) -> Iterator[UInt8[np.ndarray, "_ side side 3"]]:
    """Yield pictures one after the other, brought to a size, as many at once as a network takes."""
    flat = pictures.reshape(-1, *pictures.shape[-3:])
    for start in range(0, len(flat), BATCH):
        yield resize(flat[start : start + BATCH], side)


def pixels(
    presented: UInt8[np.ndarray, "image row column 3"],
    generated: UInt8[np.ndarray, "image sample row column 3"],
) -> Float[np.ndarray, " image"]:
    """Correlation over all values of a picture (PixCorr: Scotti et al. 2023, at 425 pixels).

    Parameters
    ----------
    presented, generated
        Of one size.

    Returns
    -------
    numpy.ndarray
        Mean over the samples of each picture; 0 for a picture of one value.
    """
    return _correlation(presented, generated, np.asarray)


def luminance(
    presented: UInt8[np.ndarray, "image row column 3"],
    generated: UInt8[np.ndarray, "image sample row column 3"],
) -> Float[np.ndarray, " image"]:
    """Correlation of the grey of pictures (weights of Rec. 709); as `pixels`."""
    return _correlation(presented, generated, rgb2gray)


def chroma(
    presented: UInt8[np.ndarray, "image row column 3"],
    generated: UInt8[np.ndarray, "image sample row column 3"],
) -> Float[np.ndarray, " image"]:
    """Correlation of what the grey of pictures lacks: each channel less the grey; as `pixels`."""
    return _correlation(presented, generated, _less_grey)


def ssim(
    presented: UInt8[np.ndarray, "image row column 3"],
    generated: UInt8[np.ndarray, "image sample row column 3"],
) -> Float[np.ndarray, " image"]:
    """Structural similarity of grey pictures (Wang et al. 2004), set as by Scotti et al. 2024.

    Gaussian windows of 1.5 pixels, population covariances, values from 0 to 1. Their code also
    says `multichannel=True`, which present releases of scikit-image do not know; on grey pictures
    it had no meaning.

    Parameters
    ----------
    presented, generated
        Of one size, at least 11 pixels.

    Returns
    -------
    numpy.ndarray
        Mean over the samples of each picture.
    """
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    true, made = rgb2gray(presented), rgb2gray(generated)
    found = [
        [structural_similarity(one, sample, data_range=1.0, **settings) for sample in samples]
        for one, samples in zip(true, made, strict=True)
    ]
    return np.array(found, np.float64).mean(axis=1)


def _less_grey(
    pictures: UInt8[np.ndarray, "*pictures row column 3"],
) -> Float[np.ndarray, "*pictures row column 3"]:
    # Of a grey picture nothing is left, not even rounding, which would correlate with something.
    return (pictures / 255 - rgb2gray(pictures)[..., None]).round(9)


def _correlation(
    presented: UInt8[np.ndarray, "image row column 3"],
    generated: UInt8[np.ndarray, "image sample row column 3"],
    part: Callable[[np.ndarray], np.ndarray],
) -> Float[np.ndarray, " image"]:
    """Correlation of a part of each picture with that of its samples, mean over these."""
    count, samples = generated.shape[:2]
    true = unit_rows(part(presented).reshape(count, -1).astype(np.float64))
    made = unit_rows(part(generated).reshape(count * samples, -1).astype(np.float64))
    return np.einsum("if,isf->i", true, made.reshape(count, samples, -1)) / samples
