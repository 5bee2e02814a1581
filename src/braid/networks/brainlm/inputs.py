"""Whether responses are like those that an encoder was trained on: said, never taken for granted.

Numbers are of scaled responses (`scaling.robust`), over all TRs and parcels.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.stats import kurtosis

from braid.errors import BadInput
from braid.networks.brainlm.scaling import robust
from braid.store.files import atomic

FILE = "inputs.json"

# Beyond this factor two numbers are called different.
_FACTOR = 1.5
_TAILS = (1, 99)


@dataclass(frozen=True)
class Inputs:
    """What responses are like; None where it is not known.

    Attributes
    ----------
    trs
        Lengths of a TR, in seconds.
    parcels
        Fewest and most parcels.
    tails
        The 1st and the 99th percentile.
    decay
        Time in which the autocorrelation falls to 1/e, judged by that of neighbouring TRs: seconds.
    kurtosis
        Excess over that of a Gaussian.
    """

    trs: tuple[float, ...]
    parcels: tuple[int, int]
    tails: tuple[float, float] | None
    decay: float | None
    kurtosis: float | None


@dataclass(frozen=True)
class Comparison:
    """How responses differ from those of the training.

    Attributes
    ----------
    found, trained
        The numbers of both.
    sentences
        One for each number, in plain words.
    differences
        How many of them are called different.
    """

    found: Inputs
    trained: Inputs
    sentences: tuple[str, ...]
    differences: int

    def attributes(self) -> dict[str, str | int]:
        """The same as attributes of an artefact."""
        numbers = {"found": asdict(self.found), "trained": asdict(self.trained)}
        return {
            "input_check": " ".join(self.sentences),
            "input_differences": self.differences,
            "input_numbers": json.dumps(numbers),
        }


def describe(recordings: Sequence[np.ndarray], trs: Sequence[float]) -> Inputs:
    """Measure recordings.

    Parameters
    ----------
    recordings
        Responses (tr, parcel) in any unit, each of its own shape.
    trs
        Seconds of a TR, of each recording.
    """
    scaled = [robust(bold) for bold in recordings]
    values = np.concatenate([bold.ravel() for bold in scaled])
    parcels = [bold.shape[1] for bold in scaled]
    decays = [tr * _decay(bold) for tr, bold in zip(trs, scaled, strict=True)]
    low, high = np.percentile(values, _TAILS).tolist()
    return Inputs(
        trs=tuple(sorted(set(trs))),
        parcels=(min(parcels), max(parcels)),
        tails=(low, high),
        decay=float(np.mean(decays)),
        kurtosis=float(kurtosis(values)),
    )


def compare(found: Inputs, trained: Inputs) -> Comparison:
    """Say how responses differ from those of the training."""
    lines = [
        _within("TR (s)", found.trs, trained.trs, slack=0.1),
        _within("parcels", found.parcels, trained.parcels, slack=0),
        _ratio("spread between the 1st and 99th percentile", _spread(found), _spread(trained)),
        _ratio("decay of the autocorrelation (s)", found.decay, trained.decay),
        _excess(found.kurtosis, trained.kurtosis),
    ]
    differences = sum("differs" in line for line in lines)
    return Comparison(found, trained, tuple(lines), differences)


def write(inputs: Inputs, folder: Path) -> None:
    """Keep what an encoder was trained on in its folder."""
    with atomic(folder / FILE) as partial:
        partial.write_text(f"{json.dumps(asdict(inputs), indent=2)}\n", encoding="utf-8")


def read(folder: Path) -> Inputs:
    """Read what an encoder was trained on.

    Raises
    ------
    BadInput
        When the folder does not say.
    """
    try:
        stored = json.loads((folder / FILE).read_text("utf-8"))
        return Inputs(**{name: _tupled(value) for name, value in stored.items()})
    except (OSError, ValueError, TypeError) as error:
        problem = f"does not say what the encoder was trained on ({error})"
        raise BadInput(folder, FILE, problem, "pre-train the encoder again") from error


def _tupled(value: object) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _decay(bold: Float[np.ndarray, "tr parcel"]) -> float:
    """TRs in which the autocorrelation falls to 1/e, if it falls exponentially."""
    centred = bold - bold.mean(axis=0)
    neighbours = (centred[1:] * centred[:-1]).sum() / (centred**2).sum()
    return float(-1 / np.log(np.clip(neighbours, 1e-3, 1 - 1e-3)))


def _spread(inputs: Inputs) -> float | None:
    return None if inputs.tails is None else inputs.tails[1] - inputs.tails[0]


def _within(name: str, found: Sequence[float], trained: Sequence[float], slack: float) -> str:
    low, high = min(trained) * (1 - slack), max(trained) * (1 + slack)
    verdict = "is like" if all(low <= number <= high for number in found) else "differs from"
    return f"{name} {_span(found)} {verdict} training ({_span(trained)})."


def _span(numbers: Sequence[float]) -> str:
    return " to ".join(f"{number:g}" for number in sorted({min(numbers), max(numbers)}))


def _ratio(name: str, found: float | None, trained: float | None) -> str:
    if found is None or trained is None:
        return f"{name}: not known of the training."
    verdict = "is like" if 1 / _FACTOR <= found / trained <= _FACTOR else "differs from"
    return f"{name} {found:.2f} {verdict} training ({trained:.2f})."


def _excess(found: float | None, trained: float | None) -> str:
    if found is None or trained is None:
        return "kurtosis: not known of the training."
    verdict = "is like" if abs(found - trained) <= _FACTOR else "differs from"
    return f"kurtosis {found:.2f} {verdict} training ({trained:.2f})."
