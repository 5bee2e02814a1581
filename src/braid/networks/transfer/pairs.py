"""Pairs of sentences, half of them mismatched, in parts that share no sentence."""

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int

from braid.errors import BadInput
from braid.study.transfer import Matching

FEWEST = 4  # pairs of a part: two sentences to exchange, and as many that stay


def make_pairs(sentences: pd.DataFrame, spec: Matching, seed: int) -> pd.DataFrame:
    """Pair sentences with their translations, and exchange half of the first language's.

    The source says "half", and neither how the others were drawn nor how many pairs were held out.
    Here the sentences are first cut into parts at random; in each part one half of the first
    language's sentences move on to another pair. Each sentence is in one pair, so that one side
    alone says nothing about the label. A sentence that occurs twice is taken once.

    Parameters
    ----------
    sentences
        Parallel sentences, a column for each of two languages.
    spec
        How many, and which shares are held out.
    seed
        Of the parts and exchanges: with the same one, all models see the same pairs.

    Returns
    -------
    pandas.DataFrame
        One row each: `part` (training, validation, test), `first` and `second` (positions of the
        two sentences), `label` (1 for translations; 0 for half of each part, one fewer than the
        others when the number is odd).

    Raises
    ------
    BadInput
        When a part has fewer than four pairs.
    """
    random = np.random.default_rng(seed)
    rows = random.permutation(np.flatnonzero(_distinct(sentences))[: spec.pairs])
    test, validation = (round(share * len(rows)) for share in (spec.test, spec.validation))
    cuts = np.split(rows, [test, test + validation])
    parts = [
        _pairs(name, part)
        for name, part in zip(("test", "validation", "training"), cuts, strict=True)
    ]
    pairs = pd.concat(parts, ignore_index=True)
    return _shuffled(pairs, random) if spec.shuffle else pairs


def _distinct(sentences: pd.DataFrame) -> Bool[np.ndarray, " sentence"]:
    repeated = [sentences[language].duplicated().to_numpy() for language in sentences]
    return ~np.any(repeated, axis=0)


def _pairs(name: str, rows: Int[np.ndarray, " pair"]) -> pd.DataFrame:
    if len(rows) < FEWEST:
        problem = f"{name} has {len(rows)} pairs, fewer than {FEWEST}"
        raise BadInput("sentences", name, problem, "give it a larger share, or take more pairs")
    half = len(rows) // 2
    first = np.concatenate([np.roll(rows[:half], 1), rows[half:]])
    label = np.repeat([0, 1], [half, len(rows) - half])
    return pd.DataFrame({"part": name, "first": first, "second": rows, "label": label})


def _shuffled(pairs: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Permute the labels within training and within validation; those of the test stay true."""
    label = pairs["label"].to_numpy().copy()
    for name in ("training", "validation"):
        members = np.flatnonzero(pairs["part"] == name)
        label[members] = random.permutation(label[members])
    return pairs.assign(label=label)
