"""What text and brain vectors are compared by."""

import torch
from jaxtyping import Bool, Float, Int
from torch.nn.functional import cosine_similarity, cross_entropy, mse_loss, normalize


def info_nce(
    text: Float[torch.Tensor, "tr feature"],
    brain: Float[torch.Tensor, "tr feature"],
    excluded: Bool[torch.Tensor, "tr tr"],
    temperature: float,
) -> Float[torch.Tensor, ""]:
    """Tell the brain vector of a text among others, and the text of a brain vector, both halves.

    By cosine similarity (van den Oord et al. 2018, eq. 4; both ways as Radford et al. 2021).

    Parameters
    ----------
    text, brain
        Row i of one belongs to row i of the other.
    excluded
        Pairs that do not compete with the right one.
    temperature
        What similarities are divided by.
    """
    similarity = normalize(text, dim=1) @ normalize(brain, dim=1).T / temperature
    similarity = similarity.masked_fill(excluded, -torch.inf)
    right = torch.arange(len(text), device=text.device)
    return (cross_entropy(similarity, right) + cross_entropy(similarity.T, right)) / 2


def triplet(
    text: Float[torch.Tensor, "tr feature"],
    own: Float[torch.Tensor, "tr feature"],
    other: Float[torch.Tensor, "tr feature"],
    margin: float,
) -> Float[torch.Tensor, ""]:
    """Mean of how far a text is not nearer to its own brain vector than to another, by `margin`.

    Distance is 1 - cosine, the triplet loss of Luo & Kobayashi 2025.
    """
    nearer = cosine_similarity(text, own) - cosine_similarity(text, other)
    return (margin - nearer).relu().mean()


def ridge(
    predicted: Float[torch.Tensor, "tr feature"],
    measured: Float[torch.Tensor, "tr feature"],
    weights: Float[torch.Tensor, "feature input"],
    l2: float,
) -> Float[torch.Tensor, ""]:
    """Mean squared error and penalty: ridge regression with alpha = `l2` x TRs, per TR and feature.

    Parameters
    ----------
    predicted, measured
        Brain vectors.
    weights
        Of the linear map that predicts.
    l2
        Penalty on them.
    """
    return mse_loss(predicted, measured) + l2 * weights.square().sum(dim=1).mean()


def neighbours(
    places: Int[torch.Tensor, "a 2"], others: Int[torch.Tensor, "b 2"], within: int
) -> Bool[torch.Tensor, "a b"]:
    """Which TRs are of one run and at most `within` TRs apart; a place is (run, TR)."""
    run, tr = (places[:, None] - others[None]).abs().unbind(dim=-1)
    return (run == 0) & (tr <= within)
