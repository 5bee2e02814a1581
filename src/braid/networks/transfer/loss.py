"""The two terms of the loss of Luo & Kobayashi 2025, equation 1."""

from typing import Literal

import torch
from jaxtyping import Float
from torch.nn import functional

Cosine = Literal["matched", "printed"]


def transfer_loss(
    first: Float[torch.Tensor, "pair width"],
    second: Float[torch.Tensor, "pair width"],
    logit: Float[torch.Tensor, " pair"],
    label: Float[torch.Tensor, " pair"],
    cosine: Cosine,
) -> Float[torch.Tensor, ""]:
    """Binary cross-entropy of the answer, plus a cosine term for the pairs that match.

    Parameters
    ----------
    first, second
        Embeddings of the two sentences.
    logit
        Of the probability that they match.
    label
        1 where they do, else 0.
    cosine
        `printed`: the equation as it stands, which adds y cos(e1, e2): to lower it, translations
        would move apart, against what its text says it is for. `matched`: y (1 - cos(e1, e2)), the
        term of `torch.nn.CosineEmbeddingLoss` for pairs that match. Pairs that do not match have no
        such term in either.
    """
    answer = functional.binary_cross_entropy_with_logits(logit, label)
    similarity = functional.cosine_similarity(first, second)
    distance = similarity if cosine == "printed" else 1 - similarity
    return answer + (label * distance).mean()
