"""The hidden state of a frozen encoder at each TR.

jh250088 (Kobayashi 2025, section 5.1.1) takes h_t, a vector per TR, from BrainLM, and does not say
how. Here a state of a TR is the mean over parcels of the tokens whose patch holds it. Since a patch
lasts many TRs, windows start at every quarter of a patch, and the states that a TR has in all of
the windows with it are averaged: neighbouring TRs then differ, and no grid of patches is preferred.
"""

import json
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32

from braid.errors import BadInput
from braid.networks.brainlm import inputs
from braid.networks.brainlm.model import BrainLM
from braid.networks.brainlm.pretrained import Pretrained
from braid.networks.brainlm.published import TRAINED_ON, Published
from braid.networks.brainlm.scaling import robust
from braid.networks.brainlm.windows import cut

_BATCH = 8


Encoder = Pretrained | Published
"""What turns windows of so many TRs into states, by `per_tr`; both are frozen."""


def states(
    encoder: Encoder, bold: Float[np.ndarray, "tr parcel"], xyz: Float[np.ndarray, "parcel 3"]
) -> Float32[np.ndarray, "tr hidden"]:
    """Hidden state at each TR of one recording.

    A state depends on the responses within one window of its TR, on both sides, and through the
    scaling on the quartiles of the recording; not on the unit of the responses.

    Parameters
    ----------
    encoder
        What `load` returned.
    bold
        One recording, in any unit, without NaN.
    xyz
        Centres of the parcels, in mm of MNI152.
    """
    stride = max(encoder.patch // 4, 1)
    windows = cut(robust(bold), encoder.window, stride)
    places = xyz.astype(np.float32)
    total = np.zeros((windows.starts[-1] + encoder.window, encoder.hidden))
    count = np.zeros((len(total), 1))
    for first in range(0, len(windows.starts), _BATCH):
        part = slice(first, first + _BATCH)
        found = encoder.per_tr(windows.signal[part], windows.present[part], places)
        for start, of_window in zip(windows.starts[part], found, strict=True):
            total[start : start + encoder.window] += of_window
            count[start : start + encoder.window] += 1
    return (total / count)[: len(bold)].astype(np.float32)


def load(folder: Path) -> Encoder:
    """Read an encoder that was pre-trained here, or a published one.

    Raises
    ------
    BadInput
        When the folder is neither, or damaged.
    """
    return Pretrained(folder) if _is_pretrained(folder) else Published(folder)


def trained_on(folder: Path) -> inputs.Inputs:
    """What the responses that an encoder was trained on are like, as far as that is known.

    Raises
    ------
    BadInput
        When the folder does not say.
    """
    return inputs.read(folder) if _is_pretrained(folder) else TRAINED_ON


def _is_pretrained(folder: Path) -> bool:
    try:
        made_by = json.loads((folder / "config.json").read_text("utf-8"))["architectures"]
    except (OSError, ValueError, KeyError) as error:
        problem = f"no encoder of brain states ({error!r})"
        raise BadInput(folder, "config.json", problem, "pre-train or fetch the encoder") from error
    return made_by == [BrainLM.__name__]
