"""Which tokens are hidden in training, how well they are predicted, and what that is worth."""

import numpy as np
import torch
from jaxtyping import Bool, Float, Int

Patches = Float[torch.Tensor, "batch parcel time tr"]


def visible_tokens(
    batch: int, tokens: int, mask_ratio: float, generator: torch.Generator
) -> Int[torch.Tensor, "batch visible"]:
    """Draw the tokens that may be seen, as many of each example, all equally likely."""
    kept = round(tokens * (1 - mask_ratio))
    return torch.rand(batch, tokens, generator=generator).argsort(dim=1)[:, :kept]


def hidden(
    patches: Patches, visible: Int[torch.Tensor, "batch visible"]
) -> Bool[torch.Tensor, "batch parcel time"]:
    """Which patches may not be seen."""
    mask = torch.ones(patches.shape[:3], dtype=torch.bool, device=patches.device)
    return mask.flatten(1).scatter(1, visible, False).view_as(mask)


def masked_error(
    predicted: Patches, patches: Patches, mask: Bool[torch.Tensor, "batch parcel time"]
) -> Float[torch.Tensor, ""]:
    """Mean squared error over the TRs of hidden patches."""
    return (predicted - patches)[mask].square().mean()


def interpolated(patches: Patches, mask: Bool[torch.Tensor, "batch parcel time"]) -> Patches:
    """Draw a straight line from the last visible TR of the same parcel to the next.

    Before the first and after the last, their value stays; a parcel with none visible is zero.
    """
    trs = patches.shape[-1]
    signal = patches.flatten(2).cpu().numpy()
    seen = (~mask).repeat_interleave(trs, dim=2).cpu().numpy()
    rows = zip(signal.reshape(-1, signal.shape[-1]), seen.reshape(-1, seen.shape[-1]), strict=True)
    filled = np.stack([_lined(row, known) for row, known in rows])
    return torch.from_numpy(filled.astype(np.float32)).view(patches.shape).to(patches.device)


def _lined(row: Float[np.ndarray, " tr"], known: Bool[np.ndarray, " tr"]) -> np.ndarray:
    times = np.arange(len(row))
    return np.interp(times, times[known], row[known]) if known.any() else np.zeros(len(row))
