"""The words of each TR as tokens, and the brain vector that was measured with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import xarray as xr
from jaxtyping import Bool, Float32, Int
from sklearn.decomposition import PCA

from braid.errors import BadInput
from braid.features.rows import midpoints, tr_index
from braid.features.transformer import Transformer, tokenise
from braid.timing import Stimulus


@dataclass(frozen=True)
class Corpus:
    """TRs of some recordings, one after the other.

    Attributes
    ----------
    tokens
        Those of the words whose middles fall into the TR, without special ones; none in silence.
    recording
        Number of the recording: one run of one subject.
    places
        Run and TR in the run, the same for all subjects.
    vectors
        Brain vectors, zero where there is none.
    present
        Which TRs have one.
    """

    tokens: list[list[int]]
    recording: Int[torch.Tensor, " tr"]
    places: Int[torch.Tensor, "tr 2"]
    vectors: Float32[torch.Tensor, "tr feature"]
    present: Bool[torch.Tensor, " tr"]

    def recordings(self) -> list[range]:
        """TRs of each recording."""
        counts = torch.unique_consecutive(self.recording, return_counts=True)[1]
        ends = torch.cumsum(counts, 0).tolist()
        return [range(a, b) for a, b in zip([0, *ends], ends, strict=False)]


def read(
    stimulus: Stimulus,
    brain: Sequence[xr.Dataset],
    model: Transformer,
    runs: Sequence[str],
    lag: float,
) -> Corpus:
    """Bring words and brain vectors together, of the runs that a subject heard.

    Parameters
    ----------
    stimulus
        Words with their times.
    brain
        Per subject, `brain` (tr, feature) with the `run` and `time` of each TR.
    model
        Whose tokens.
    runs
        Which runs.
    lag
        Seconds from a TR to the brain vector that is its own.

    Raises
    ------
    BadInput
        When no subject has a brain vector of these runs.
    """
    parts = []
    for number, run in enumerate(runs):
        tokens = _tokens(stimulus, model, run)
        for vectors in brain:
            part = _recording(tokens, number, *_vectors(stimulus, vectors, run, lag))
            parts += [replace(part, recording=part.recording + len(parts))] * part.present.any()
    if not parts:
        raise BadInput("brain vectors", "run", f"none of {', '.join(runs)}", "name other runs")
    return Corpus(
        [tokens for part in parts for tokens in part.tokens],
        *(torch.cat(column) for column in zip(*map(_columns, parts), strict=True)),
    )


def standardise(training: Corpus, validation: Corpus) -> tuple[Corpus, Corpus]:
    """Bring each feature of the brain vectors to mean 0 and variance 1 over the training TRs."""
    known = training.vectors[training.present]
    mean, spread = known.mean(0), known.std(0, correction=0).clamp(min=1e-6)
    first, second = (
        replace(c, vectors=(c.vectors - mean) / spread * c.present[:, None])
        for c in (training, validation)
    )
    return first, second


def reduce(training: Corpus, validation: Corpus, components: int) -> tuple[Corpus, Corpus]:
    """Keep leading principal components of the brain vectors over the training TRs.

    What voxels share is mostly signal, what each has alone is mostly noise. Components keep their
    relative sizes; their mean variance is 1.

    Raises
    ------
    BadInput
        When there are fewer features or TRs.
    """
    known = training.vectors[training.present].numpy()
    if components > min(known.shape):
        problem = f"{components} asked for, brain vectors of {known.shape[0]} TRs have "
        raise BadInput("network", "components", f"{problem}{known.shape[1]} features", "lower it")
    found = PCA(components, random_state=0).fit(known)
    scale = np.sqrt(found.explained_variance_.mean())
    first, second = (
        replace(c, vectors=torch.from_numpy(found.transform(c.vectors.numpy()) / scale))
        for c in (training, validation)
    )
    return first, second


def _tokens(stimulus: Stimulus, model: Transformer, run: str) -> list[list[int]]:
    """Tokens of each TR of a run."""
    words = stimulus.events.loc[stimulus.events["run"] == run, :]
    index = tr_index(midpoints(words), stimulus.times[run])
    tokens: list[list[int]] = [[] for _ in stimulus.times[run]]
    for tr in np.unique(index[index >= 0]):
        encoding = tokenise(model, " ".join(words["label"][index == tr]))
        pairs = zip(encoding["input_ids"], encoding["special_tokens_mask"], strict=True)
        tokens[tr] = [token for token, special in pairs if not special]
    return tokens


def _vectors(
    stimulus: Stimulus, brain: xr.Dataset, run: str, lag: float
) -> tuple[Float32[np.ndarray, "tr feature"], Bool[np.ndarray, " tr"]]:
    """Brain vector of each TR of a run, and whether there is one."""
    own = brain.isel(tr=np.flatnonzero(brain["run"].values == run))
    index = tr_index(own["time"].values - lag, stimulus.times[run])
    vectors = np.zeros((len(stimulus.times[run]), brain.sizes["feature"]), dtype=np.float32)
    vectors[index[index >= 0]] = own["brain"].values[index >= 0]
    return vectors, np.isin(np.arange(len(vectors)), index)


def _recording(
    tokens: list[list[int]],
    run: int,
    vectors: Float32[np.ndarray, "tr feature"],
    present: Bool[np.ndarray, " tr"],
) -> Corpus:
    trs = torch.arange(len(tokens))
    places = torch.stack([torch.full_like(trs, run), trs], dim=1)
    found = torch.from_numpy(vectors), torch.from_numpy(present)
    return Corpus(tokens, torch.zeros_like(trs), places, *found)


def _columns(corpus: Corpus) -> tuple[torch.Tensor, ...]:
    return corpus.recording, corpus.places, corpus.vectors, corpus.present
