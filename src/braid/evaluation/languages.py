"""Captions of one language found by vectors that were decoded from the brain in another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Bool, Float, Int
from sklearn.preprocessing import normalize

from braid.evaluation.pictures import interval
from braid.evaluation.winners import by_subject
from braid.store import Shards

CHANCE = 0.5
CAPTIONS = "captions"
"""In the place of responses, where true vectors are given: the best that can be found."""


class Space(NamedTuple):
    """Vectors of captions in one language.

    Attributes
    ----------
    language
        Such as `en`.
    mean
        Over all pictures that are not tested. Vectors of one encoder share a large mean, and
        those of one language another.
    true
        Of the test pictures, without the mean.
    same
        Which of these have a caption in common: they are no pair to tell apart.
    """

    language: str
    mean: Float[np.ndarray, " feature"]
    true: Float[np.ndarray, "image feature"]
    same: Bool[np.ndarray, "image image"]


class Given(NamedTuple):
    """What captions are searched with: centred vectors, their language, and where they are from."""

    vectors: Float[np.ndarray, "image feature"]
    language: str
    responses: str
    label: str


def language_rows(
    decoded: Iterable[xr.Dataset],
    shards: Mapping[str, Sequence[str | Path]],
    captions: pd.DataFrame,
    seed: int,
) -> pd.DataFrame:
    """Ask how often the right picture's captions are nearer than another's, by the cosine.

    Parameters
    ----------
    decoded
        What `braid.evaluation.regression.decode` gave, one per subject and decoder.
    shards
        Feature that they decode to its files.
    captions
        Columns `image`, `caption` and `language`, of the test pictures at least.
    seed
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row per subject, vectors given and language searched: responses (`own`, those of a
        control, or `captions` where true vectors are given), label, decoded and searched
        (languages), pictures, value (mean over pictures of the share of others from which each is
        told apart) with its 95 % bootstrap interval over pictures `low` to `high`, and chance.
    """
    return pd.DataFrame(
        [
            {"subject": subject} | row
            for subject, own in by_subject(decoded).items()
            for row in _of_subject(own, shards, captions, seed)
        ]
    )


def _of_subject(
    decoded: Sequence[xr.Dataset],
    shards: Mapping[str, Sequence[str | Path]],
    captions: pd.DataFrame,
    seed: int,
) -> Iterator[dict[str, object]]:
    images = decoded[0]["image"].to_numpy()
    spaces = {name: _space(paths, captions, images) for name, paths in shards.items()}
    from_brain = (_decoded(one, spaces[one.attrs["feature"]]) for one in decoded)
    from_captions = (
        Given(one.true, one.language, CAPTIONS, f"captions in {one.language}")
        for one in spaces.values()
    )
    for given in (*from_brain, *from_captions):
        for space in spaces.values():
            yield _row(given, space, seed)


def _space(
    paths: Sequence[str | Path], captions: pd.DataFrame, images: Int[np.ndarray, " image"]
) -> Space:
    with Shards(paths, "features") as held:
        language = held.head.attrs["language"]
        others = held.read(np.setdiff1d(held.numbers, images), slice(None))
        true = held.read(images, slice(None))
    spoken = captions.loc[captions["language"] == language, :]
    mean = others.mean(axis=0)
    return Space(language, mean, true - mean, share_a_caption(spoken, images))


def _decoded(one: xr.Dataset, space: Space) -> Given:
    vectors = one["decoded"].to_numpy() - space.mean
    return Given(vectors, space.language, one.attrs["responses"], one.attrs["label"])


def _row(given: Given, space: Space, seed: int) -> dict[str, object]:
    found = interval(told_apart(given.vectors, space.true, space.same), seed)
    return {
        "responses": given.responses,
        "label": given.label,
        "decoded": given.language,
        "searched": space.language,
        "pictures": len(space.true),
        "value": found.mean,
        "low": found.low,
        "high": found.high,
        "chance": CHANCE,
    }


def share_a_caption(
    captions: pd.DataFrame, images: Int[np.ndarray, " image"]
) -> Bool[np.ndarray, "image image"]:
    """Which pictures have a caption in common; each has with itself.

    Parameters
    ----------
    captions
        Columns `image` and `caption`, in one language.
    images
        Numbers of pictures.
    """
    own = captions.loc[captions["image"].isin(images.tolist()), :]
    counts = pd.crosstab(own["image"], own["caption"]).loc[images].to_numpy()
    return counts @ counts.T > 0


def told_apart(
    given: Float[np.ndarray, "image feature"],
    true: Float[np.ndarray, "image feature"],
    same: Bool[np.ndarray, "image image"],
) -> Float[np.ndarray, " image"]:
    """Share of other pictures whose vector is farther from the given one than the right vector.

    Parameters
    ----------
    given, true
        Vectors of the same pictures, centred.
    same
        Which pictures are no pair, each with itself among them.
    """
    cosines = np.asarray(normalize(given)) @ np.asarray(normalize(true)).T
    farther = cosines < cosines.diagonal()[:, None]
    return farther.mean(axis=1, where=~same)


def of_languages(rows: pd.DataFrame) -> list[str]:
    """One sentence for each subject and origin of vectors.

    Parameters
    ----------
    rows
        What `language_rows` returned.
    """
    groups = rows.groupby(["subject", "responses"], sort=False)
    return [_of_origin(own) for _, own in groups]


def _of_origin(rows: pd.DataFrame) -> str:
    first, across = rows.iloc[0], rows["decoded"] != rows["searched"]
    origin = (
        "true captions"
        if first["responses"] == CAPTIONS
        else f"vectors decoded from {first['responses']} responses"
    )
    return (
        f"{first['subject']}, {origin}: the right picture's captions are nearer than another's in "
        f"{rows.loc[~across, 'value'].mean():.3f} of the pairs where the language is the same, in "
        f"{rows.loc[across, 'value'].mean():.3f} where it is another ({across.sum()} pairs of "
        f"languages; chance {CHANCE}); the 95 % interval over pictures is above chance in "
        f"{(rows['low'] > CHANCE).sum()} of {len(rows)}."
    )
