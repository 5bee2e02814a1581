"""Train a small BrainLM on real responses: it learns to fill in what was hidden of a window.

Recordings of different TRs are not resampled: a patch is a number of TRs, so the sinusoid counts
patches, not seconds, as in the published encoder, which saw one TR only.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from transformers.models.vit_mae.configuration_vit_mae import ViTMAEConfig

from braid.datasets.rest import Series
from braid.errors import BadInput
from braid.networks.brainlm import inputs, masking
from braid.networks.brainlm.model import BrainLM, Patches, Places
from braid.networks.brainlm.scaling import robust
from braid.networks.training import train, write
from braid.sources.folders import atomic_folder, let_read
from braid.study.brainlm import MaskedAutoencoder
from braid.study.networks import Schedule

# Of the parcels and masks that validation and test use, whatever the seed of the training.
_HELD_OUT_SEED = 0
_WIDER = 4
_BATCH = 16


class _Recording(NamedTuple):
    """One recording, scaled."""

    signal: Float[torch.Tensor, "parcel tr"]
    xyz: Float[torch.Tensor, "parcel 3"]


class _Batch(NamedTuple):
    """Windows of recordings, cut into patches."""

    patches: Patches
    xyz: Places
    visible: Int[torch.Tensor, "batch visible"]


def pretrain(
    series: Sequence[Series],
    settings: MaskedAutoencoder,
    schedule: Schedule,
    seed: int,
    folder: Path,
    checkpoint: Path,
) -> None:
    """Train the autoencoder and write it as a folder.

    The folder holds config.json and model.safetensors; log.csv; training.json, with the error of
    hidden patches of subjects who took no part beside that of two simple guesses; and inputs.json,
    what the responses that it was trained on are like.

    Parameters
    ----------
    series
        Recordings of all subjects.
    settings, schedule
        Its sizes, and how it is trained.
    seed
        Of weights, order and masks.
    folder
        Appears only when it is complete.
    checkpoint
        Where an interrupted training goes on.

    Raises
    ------
    BadInput
        When a recording is shorter than a window or has too few parcels, or a subject that is held
        out is not there.
    """
    for recording in series:
        _require_size(recording, settings)
    _require_subjects(series, settings)
    held_out = {*settings.validation, *settings.test}
    training = [recording for recording in series if recording.subject not in held_out]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = BrainLM(_config(settings))
    task = _Reconstruction(network, training, _of(series, settings.validation), settings)
    outcome = train(task, schedule, seed, checkpoint)
    tested = _windows(_of(series, settings.test), settings)
    with atomic_folder(folder) as partial:
        network.save_pretrained(partial)
        write(outcome, partial, {"reconstruction": reconstruction(network, tested)})
        bold, trs = zip(*((recording.bold, recording.tr) for recording in training), strict=True)
        inputs.write(inputs.describe(bold, trs), partial)
        let_read(partial)


def reconstruction(network: BrainLM, batches: Sequence[_Batch]) -> dict[str, float]:
    """Mean squared error over hidden patches: of the network and of two guesses that need none.

    Returns
    -------
    dict
        `network`; `mean` of the parcel in the window, hidden TRs included, the best constant;
        `interpolation` between the visible neighbours in time.
    """
    errors = [_errors(network, batch) for batch in batches]
    weights = [len(batch.patches) for batch in batches]
    names = ("network", "mean", "interpolation")
    means = np.average(errors, axis=0, weights=weights)
    return dict(zip(names, means.tolist(), strict=True))


class _Reconstruction:
    """The task of filling in: an example is a start of a window in a recording."""

    divisible = True

    def __init__(
        self,
        network: BrainLM,
        training: Sequence[Series],
        validation: Sequence[Series],
        settings: MaskedAutoencoder,
    ) -> None:
        self.network, self.settings = network, settings
        self.recordings = [_scaled(recording) for recording in training]
        lengths = [recording.signal.shape[1] - settings.window + 1 for recording in self.recordings]
        self.ends = np.cumsum(lengths)
        self.size = int(self.ends[-1])
        self.validation = _windows(validation, settings)

    def loss(
        self, examples: Int[torch.Tensor, " batch"], generator: torch.Generator
    ) -> Float[torch.Tensor, ""]:
        """Error over hidden patches, of parcels and masks that `generator` draws."""
        number = np.searchsorted(self.ends, examples.numpy(), side="right")
        starts = examples.numpy() - np.r_[0, self.ends][number]
        pairs = [(self.recordings[n], int(s)) for n, s in zip(number, starts, strict=True)]
        return _loss(self.network, _batch(pairs, self.settings, generator))

    def validation_loss(self) -> float:
        """Error over the same hidden patches every time."""
        weights = [len(batch.patches) for batch in self.validation]
        losses = [_loss(self.network, batch).item() for batch in self.validation]
        return float(np.average(losses, weights=weights))


def _require_size(recording: Series, settings: MaskedAutoencoder) -> None:
    trs, parcels = recording.bold.shape
    if trs < settings.window or parcels < settings.parcels:
        problem = f"{trs} TRs of {parcels} parcels, less than {settings.window} of "
        problem += f"{settings.parcels}"
        raise BadInput(recording.subject, "bold", problem, "lower `window` or `parcels`")


def _require_subjects(series: Sequence[Series], settings: MaskedAutoencoder) -> None:
    missing = {*settings.validation, *settings.test} - {recording.subject for recording in series}
    if missing:
        problem = f"no recordings of {', '.join(sorted(missing))}"
        raise BadInput("masked_autoencoder", "validation, test", problem, "name subjects there are")


def _of(series: Sequence[Series], subjects: Sequence[str]) -> list[Series]:
    return [recording for recording in series if recording.subject in subjects]


def _config(settings: MaskedAutoencoder) -> ViTMAEConfig:
    return ViTMAEConfig(
        image_size=settings.window,
        patch_size=settings.patch,
        num_channels=1,
        mask_ratio=settings.mask_ratio,
        hidden_size=settings.hidden,
        intermediate_size=_WIDER * settings.hidden,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        decoder_hidden_size=settings.decoder_hidden,
        decoder_intermediate_size=_WIDER * settings.decoder_hidden,
        decoder_num_hidden_layers=settings.decoder_layers,
        decoder_num_attention_heads=settings.heads,
    )


def _scaled(series: Series) -> _Recording:
    signal = torch.from_numpy(robust(series.bold)).T
    return _Recording(signal, torch.from_numpy(series.xyz.astype(np.float32)))


def _windows(series: Sequence[Series], settings: MaskedAutoencoder) -> list[_Batch]:
    """Windows side by side, with parcels and masks that never change."""
    generator = torch.Generator().manual_seed(_HELD_OUT_SEED)
    recordings = [_scaled(recording) for recording in series]
    size = settings.window
    pairs = [(r, s) for r in recordings for s in range(0, r.signal.shape[1] - size + 1, size)]
    groups = [pairs[i : i + _BATCH] for i in range(0, len(pairs), _BATCH)]
    return [_batch(group, settings, generator) for group in groups]


def _batch(
    pairs: Sequence[tuple[_Recording, int]],
    settings: MaskedAutoencoder,
    generator: torch.Generator,
) -> _Batch:
    """Cut windows at their starts, each in parcels and with a mask that are drawn."""
    drawn = [
        torch.randperm(len(recording.xyz), generator=generator)[: settings.parcels]
        for recording, _ in pairs
    ]
    windows = [
        recording.signal[parcels, start : start + settings.window]
        for (recording, start), parcels in zip(pairs, drawn, strict=True)
    ]
    patches = torch.stack(windows).unflatten(2, (-1, settings.patch))
    xyz = [recording.xyz[parcels] for (recording, _), parcels in zip(pairs, drawn, strict=True)]
    tokens = settings.parcels * patches.shape[2]
    visible = masking.visible_tokens(len(pairs), tokens, settings.mask_ratio, generator)
    return _Batch(patches, torch.stack(xyz), visible)


def _loss(network: BrainLM, batch: _Batch) -> Float[torch.Tensor, ""]:
    patches, xyz, visible = (tensor.to(network.device) for tensor in batch)
    mask = masking.hidden(patches, visible)
    return masking.masked_error(network(patches, xyz, visible), patches, mask)


@torch.no_grad()
def _errors(network: BrainLM, batch: _Batch) -> list[float]:
    mask = masking.hidden(batch.patches, batch.visible)
    mean = batch.patches.mean(dim=(2, 3), keepdim=True).expand_as(batch.patches)
    guesses = mean, masking.interpolated(batch.patches, mask)
    errors = [masking.masked_error(guess, batch.patches, mask).item() for guess in guesses]
    return [_loss(network, batch).item(), *errors]
