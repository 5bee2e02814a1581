"""Hidden states of a language model for each TR's text, or for each word in its context."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float32, Int

from braid.errors import BadInput
from braid.features.rows import event_features, midpoints, tr_features, tr_index
from braid.features.transformer import Transformer, hidden_states, load, tokenise
from braid.timing import Stimulus


@dataclass(frozen=True)
class Passage:
    """Words that pass through the model together, joined by spaces.

    Attributes
    ----------
    words
        The words in order.
    rows
        Row of the result that the tokens of each word are averaged into; -1 for mere context.
    """

    words: tuple[str, ...]
    rows: Int[np.ndarray, " word"]


def extract(
    stimulus: Stimulus,
    model: Path,
    *,
    unit: Literal["tr", "word"],
    context: int = 64,
    stride: int = 32,
    random_init: bool = False,
) -> xr.Dataset:
    """Average the hidden states of the tokens of each unit; special tokens are left out.

    Parameters
    ----------
    stimulus
        Words with their times.
    model
        Folder of the model.
    unit
        `tr`: one row per TR, from its text alone: the words whose middles fall in it. A TR
        without words is a row of zeros. `word`: one row per word, at its middle, in the context
        that `windows` gives it.
    context, stride
        See `windows`; used by unit `word` only.
    random_init
        Untrained weights instead of the model's own: a baseline.

    Returns
    -------
    xr.Dataset
        Variable `features` (time, layer, feature), layer 0 being the embeddings; clock `tr` or
        `event` by `unit`.

    Raises
    ------
    BadInput
        When the model cannot be read, a text is longer than it takes, or stride > context.
    """
    network = load(model, random_init)
    if unit == "tr":
        scans = sum(len(times) for times in stimulus.times.values())
        return tr_features(pool(network, list(_tr_texts(stimulus)), scans), stimulus.times)
    passages = list(windows(stimulus.events, context, stride))
    return event_features(pool(network, passages, len(stimulus.events)), stimulus.events)


def _tr_texts(stimulus: Stimulus) -> Iterator[Passage]:
    """Yield the text of each TR that has words; rows count TRs over all runs."""
    first = 0
    for run, times in stimulus.times.items():
        words = stimulus.events.loc[stimulus.events["run"] == run, :]
        index = tr_index(midpoints(words), times)
        for tr in np.unique(index[index >= 0]):
            spoken = tuple(words["label"][index == tr])
            yield Passage(spoken, np.full(len(spoken), first + tr))
        first += len(times)


def windows(events: pd.DataFrame, context: int, stride: int) -> Iterator[Passage]:
    """Yield windows of `context` + 1 words that start at every `stride`-th word of a run.

    A word takes its state from the one window in which more than `context - stride` and at most
    `context` words of its run precede it; near the start of the run, from the first window,
    where all earlier words precede it. So each word passes through the model about
    `context / stride` times instead of `context` times, and its context starts on a fixed grid
    instead of moving with it. A model that reads both ways also sees the later words of the
    window: fewer than `stride`, in the first window up to `context`.

    Parameters
    ----------
    events
        Words in order, with `run` and `label`.
    context, stride
        In words.

    Raises
    ------
    BadInput
        When `stride` exceeds `context`: some words would be in no window.
    """
    if stride > context:
        raise BadInput("language_model", "stride", f"{stride} > context {context}", "lower it")
    labels = events["label"].to_numpy()
    for rows in events.groupby("run", sort=False).indices.values():
        beyond = max(len(rows) - 1 - context, 0)
        for start in range(0, beyond + stride, stride):
            window = rows[start : start + context + 1].copy()
            words = tuple(labels[window])
            window[: context - stride + 1 if start else 0] = -1
            yield Passage(words, window)


def pool(
    model: Transformer, passages: list[Passage], rows: int
) -> Float32[np.ndarray, "row layer feature"]:
    """Average the states of the tokens of each row.

    Parameters
    ----------
    model
        What passes over the text.
    passages
        Texts, of any lengths: those of similar length pass together.
    rows
        Rows of the result; one without tokens is zero.

    Raises
    ------
    BadInput
        When a text is longer than the model takes.
    """
    tokens = [tokenise(model, " ".join(passage.words)) for passage in passages]
    # A batch is padded to its longest text.
    given = sorted(zip(passages, tokens, strict=True), key=lambda pair: len(pair[1]["input_ids"]))
    states = hidden_states(model, [encoding["input_ids"] for _, encoding in given])
    total = np.zeros((rows, *model.shape), dtype=np.float32)
    count = np.zeros((rows, 1, 1), dtype=np.float32)
    for (passage, encoding), state in zip(given, states, strict=True):
        row = token_rows(passage, encoding["offset_mapping"], encoding["special_tokens_mask"])
        np.add.at(total, row[row >= 0], state[row >= 0])
        np.add.at(count, row[row >= 0], 1)
    total /= np.maximum(count, 1)
    return total


def token_rows(
    passage: Passage, spans: list[tuple[int, int]], special: list[int]
) -> Int[np.ndarray, " token"]:
    """Row that each token is averaged into, -1 for none.

    A token belongs to the word that it ends in: byte-pair tokens may begin with the space before.
    """
    starts = np.cumsum([0, *(len(word) + 1 for word in passage.words[:-1])])
    word = np.searchsorted(starts, np.array(spans)[:, 1], side="right") - 1
    return np.where(np.array(special, dtype=bool), -1, passage.rows[word])
