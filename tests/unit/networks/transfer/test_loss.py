"""The loss against torch's own terms, and its sign."""

import pytest
import torch
from torch import nn

from braid.networks.transfer.loss import transfer_loss


@pytest.fixture
def pairs():
    torch.manual_seed(0)
    first, second = torch.randn(2, 16, 8)
    return first, second, torch.randn(16), torch.arange(16).remainder(2).float()


def test_terms_are_those_of_torch(pairs):
    first, second, logit, label = pairs
    answer = nn.BCELoss()(torch.sigmoid(logit), label)
    match = label == 1
    target = torch.ones(int(match.sum()))
    cosine = nn.CosineEmbeddingLoss(reduction="sum")(first[match], second[match], target) / 16
    assert transfer_loss(*pairs, "matched").item() == pytest.approx((answer + cosine).item())


def test_as_printed_it_adds_the_cosine(pairs):
    matched, printed = (transfer_loss(*pairs, form).item() for form in ("matched", "printed"))
    *_, logit, label = pairs
    answer = nn.BCEWithLogitsLoss()(logit, label).item()
    assert matched + printed == pytest.approx(2 * answer + label.mean().item(), rel=1e-5)


@pytest.mark.parametrize(("form", "closer"), [("matched", True), ("printed", False)])
def test_only_the_corrected_term_draws_translations_together(pairs, form, closer):
    first, second, logit, label = pairs
    first = first.requires_grad_()
    before = torch.cosine_similarity(first, second).detach()
    transfer_loss(first, second, logit, label, form).backward()
    after = torch.cosine_similarity(first - 0.1 * first.grad, second).detach()
    match = label == 1
    assert bool(((after > before)[match] == closer).all())
    assert torch.allclose(after[~match], before[~match])
