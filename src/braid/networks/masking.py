"""Words hidden from a model that is to tell them (Devlin et al. 2019, section 3.1)."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Int

IGNORED = -100


class Masked(NamedTuple):
    """Tokens as the model sees them, and what it is to tell: the token, or `IGNORED`."""

    ids: Int[torch.Tensor, "sequence token"]
    labels: Int[torch.Tensor, "sequence token"]


def mask(
    ids: Int[torch.Tensor, "sequence token"],
    words: Bool[torch.Tensor, "sequence token"],
    rate: float,
    mask_token: int,
    vocabulary: int,
    generator: torch.Generator,
) -> Masked:
    """Choose each token of a word with probability `rate`, each by itself.

    Of the chosen ones 80 % become the mask, 10 % any token of the vocabulary, 10 % stay.

    Parameters
    ----------
    ids
        Tokens.
    words
        Which may be chosen: not special tokens, padding or brain vectors.
    rate
        In (0, 1).
    mask_token, vocabulary
        Number of the mask, and how many tokens there are.
    generator
        Of the choices.
    """
    chosen = (torch.rand(ids.shape, generator=generator) < rate) & words
    fate = torch.rand(ids.shape, generator=generator)
    others = torch.randint(vocabulary, ids.shape, generator=generator)
    seen = torch.where(chosen & (fate < 0.8), mask_token, ids)
    seen = torch.where(chosen & (fate >= 0.9), others, seen)
    return Masked(seen, torch.where(chosen, ids, IGNORED))
