"""Tune a text model with brain vectors, and leave it as a folder that text features come from."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import torch
import xarray as xr

from braid.features.transformer import Transformer, load
from braid.networks.aligner.corpus import Corpus, read, reduce, standardise
from braid.networks.aligner.model import Aligner, Predictor
from braid.networks.aligner.tasks import MaskedWords, MatchedWords, Prediction
from braid.networks.training import train, write
from braid.sources.folders import atomic_folder, let_read
from braid.study.aligner import Aligner as Spec
from braid.study.networks import Schedule
from braid.timing import Stimulus


def tune(
    stimulus: Stimulus,
    brain: Sequence[xr.Dataset],
    model: Path,
    spec: Spec,
    schedule: Schedule,
    runs: Mapping[Literal["training", "validation"], Sequence[str]],
    seed: int,
    folder: Path,
    checkpoint: Path,
) -> None:
    """Train on the brain vectors of one subject or many; text alone is read afterwards.

    The folder holds the encoder and its tokenizer, log.csv and training.json.

    Parameters
    ----------
    stimulus
        Words with their times.
    brain
        Per subject, `brain` (tr, feature) with the `run` and `time` of each TR.
    model
        Folder of a BERT.
    spec, schedule
        What is trained, and how.
    runs
        To train on, and to tell when to stop.
    seed
        Of new weights, order, masks and dropout.
    folder
        To be made.
    checkpoint
        Folder of the state of training, which goes on from there if there is one.

    Raises
    ------
    BadInput
        When the model or the checkpoint cannot be used, or no brain vector is of these runs.
    """
    source = load(model)
    training, validation = standardise(
        *(
            read(stimulus, brain, source, runs[part], spec.lag)
            for part in ("training", "validation")
        )
    )
    if spec.components is not None:
        training, validation = reduce(training, validation, spec.components)
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        task = make_task(source, training, validation, spec)
    report = train(task, schedule, seed, checkpoint)
    with atomic_folder(folder) as partial:
        source.network.save_pretrained(partial)
        source.tokenizer.save_pretrained(partial)
        write(report, partial, _about(spec, len(brain), runs, training, validation))
        let_read(partial)


def make_task(
    source: Transformer, training: Corpus, validation: Corpus, spec: Spec
) -> MaskedWords | Prediction:
    """Bring network, TRs and objective together."""
    width = training.vectors.shape[1]
    if spec.objective in ("contrastive", "regression"):
        return Prediction(Predictor(source, width, spec), training, validation, spec)
    kind = MatchedWords if spec.objective == "mlm_matching" else MaskedWords
    return kind(Aligner(source, width, spec), training, validation, spec)


def _about(
    spec: Spec,
    subjects: int,
    runs: Mapping[Literal["training", "validation"], Sequence[str]],
    training: Corpus,
    validation: Corpus,
) -> dict[str, object]:
    return {
        "objective": spec.objective,
        "encoder": spec.encoder,
        "subjects": subjects,
        "training": _counts(runs["training"], training),
        "validation": _counts(runs["validation"], validation),
    }


def _counts(runs: Sequence[str], corpus: Corpus) -> dict[str, int]:
    return {
        "runs": len(runs),
        "trs": int(corpus.present.sum()),
        "tokens": sum(map(len, corpus.tokens)),
    }
