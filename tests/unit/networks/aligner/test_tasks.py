from dataclasses import replace

import numpy as np
import pytest
import torch

from braid.networks.aligner.corpus import read, standardise
from braid.networks.aligner.sequences import NONE
from braid.networks.aligner.tasks import BLOCK, before
from braid.networks.aligner.tune import make_task
from braid.networks.training import train

from .conftest import WORDS

TRAINING, VALIDATION = ("run0", "run1", "run2", "run3"), ("run4", "run5")


@pytest.fixture
def parts(stories, model):
    """Make training and validation TRs of some brain vectors."""

    def make(*brain, lag=0.0):
        return standardise(*(read(stories, brain, model, r, lag) for r in (TRAINING, VALIDATION)))

    return make


@pytest.fixture
def learn(model, parts, spec, schedule, tmp_path):
    """Train a task on some brain vectors; gives it and its report."""

    def run(*brain, steps=60, rate=1e-2, **changes):
        torch.manual_seed(0)
        task = make_task(model, *parts(*brain), spec(**changes))
        return task, train(
            task, schedule(steps=steps, learning_rate=rate), 0, tmp_path / "checkpoint"
        )

    return run


def shuffled(data):
    order = np.random.default_rng(2).permutation(data.sizes["tr"])
    return data.assign(brain=(("tr", "feature"), data["brain"].values[order]))


def lowest(report):
    return report.log["validation_loss"].min()


@pytest.mark.parametrize("inject", ["token", "add"])
def test_words_are_told_from_brain_vectors_that_know_them(learn, brain, inject):
    """Words are random: without the brain, guessing is all that can be done."""
    options = {"inject": inject, "length": 8, "mask_rate": 0.3, "steps": 90}
    (_, true), (_, noise) = (learn(b, **options) for b in (brain(), shuffled(brain())))
    assert lowest(noise) > 0.95 * np.log(WORDS)
    assert lowest(true) < lowest(noise) - 0.3


def test_masks_of_validation_are_the_same_always(model, parts, spec, brain):
    task = make_task(model, *parts(brain()), spec())
    task.network.eval()
    with torch.no_grad():
        assert task.validation_loss() == task.validation_loss()


def test_rate_of_masking_is_that_of_the_study(model, parts, spec, brain, monkeypatch):
    rates = []

    def spy(ids, words, rate, *rest):
        rates.append(rate)
        raise KeyboardInterrupt

    monkeypatch.setattr("braid.networks.aligner.tasks.mask", spy)
    task = make_task(model, *parts(brain()), spec(mask_rate=0.45))
    with pytest.raises(KeyboardInterrupt):
        task.loss(torch.arange(2), torch.Generator())
    assert rates == [0.45]


def test_matching_draws_texts_to_their_own_brain_vectors(learn, brain):
    task, report = learn(brain(), objective="mlm_matching", dropout=0.0)
    assert lowest(report) < report.log["validation_loss"][0] - 0.2
    corpus = task.validation
    trs = [stretch.start for stretch in task.held_out]
    with torch.no_grad():
        text = task.network.pooled([corpus.tokens[tr] for tr in trs])
        own = task.network.project(corpus.vectors[trs])
    similar = torch.nn.functional.cosine_similarity(text[:, None], own[None], dim=2)
    right = (similar.diag()[:, None] > similar).float().mean()
    assert right > 0.7


def test_matching_reads_single_trs_with_words_and_a_vector(model, parts, spec, brain):
    task = make_task(model, *parts(brain(trim=3)), spec(objective="mlm_matching"))
    trs = [stretch.start for stretch in task.examples]
    assert all(stretch == range(stretch.start, stretch.start + 1) for stretch in task.examples)
    assert trs == [
        tr for tr in range(160) if task.training.present[tr] and task.training.tokens[tr]
    ]


def test_others_are_measured_vectors_of_trs_that_are_no_neighbours(
    model, parts, spec, brain, monkeypatch
):
    found = []

    def spy(text, own, other, margin):
        found.append((own, other, margin))
        return text.sum()

    monkeypatch.setattr("braid.networks.aligner.tasks.triplet", spy)
    known = parts(brain(trim=30))
    options = {"objective": "mlm_matching", "neighbours": 4, "margin": 0.3}
    task = make_task(model, *known, spec(**options))
    task.loss(torch.arange(task.size), torch.Generator())
    ((own, other, margin),) = found
    vectors = task.network.project(known[0].vectors)
    same = (vectors[:, None] == torch.cat([own, other])).all(dim=2)
    mine, others = same.float().argmax(dim=0).split(len(own))
    assert known[0].present[others].all()
    apart = (known[0].places[mine] - known[0].places[others]).abs()
    assert ((apart[:, 0] > 0) | (apart[:, 1] > 4)).all()
    assert mine.tolist() == [stretch.start for stretch in task.examples]
    assert margin == 0.3


@pytest.mark.parametrize(("objective", "gain"), [("regression", 0.03), ("contrastive", 0.1)])
def test_prediction_learns_what_the_text_says_of_later_brain_vectors(learn, brain, objective, gain):
    options = {"objective": objective, "delays": (1, 2, 3), "rate": 3e-3}
    _, report = learn(brain(delay=2), **options)
    task, noise = learn(shuffled(brain(delay=2)), **options, steps=20)
    assert report.best_step > 0
    assert lowest(report) < (1 - gain) * report.log["validation_loss"][0]
    assert lowest(report) < 0.7 * lowest(noise)
    if objective == "regression":
        spread = task.validation.vectors.square().mean().item()
        assert lowest(noise) > 0.97 * spread
        assert lowest(report) < 0.6 * spread
    assert not task.network.training


def test_prediction_looks_back_within_the_recording(corpus):
    rows = before(corpus, torch.tensor([0, 1, 5, 40, 42]), (1, 2))
    assert rows.tolist() == [[NONE, NONE], [0, NONE], [4, 3], [NONE, NONE], [41, 40]]


def test_text_that_precedes_several_trs_is_encoded_once(model, parts, spec, brain):
    task = make_task(model, *parts(brain()), spec(objective="regression"))
    sizes = []
    pooled = task.network.pooled
    task.network.pooled = lambda texts: sizes.append(len(texts)) or pooled(texts)
    task.network.eval()
    trs = torch.arange(8, 8 + BLOCK)
    together = task.predict(task.training, trs)
    assert sizes == [BLOCK + 3]
    one_by_one = torch.cat([task.predict(task.training, tr[None]) for tr in trs])
    torch.testing.assert_close(together, one_by_one)


def test_examples_are_all_known_trs_of_one_recording_each(model, parts, spec, brain):
    task = make_task(model, *parts(brain(trim=3)), spec(objective="regression"))
    assert torch.cat(task.examples).tolist() == [tr for tr in range(160) if tr % 40 >= 3]
    assert max(map(len, task.examples)) == BLOCK
    assert {len(set((block // 40).tolist())) for block in task.examples} == {1}


def test_penalty_is_paid_in_training_only(model, parts, spec, brain):
    known, found = parts(brain()), {}
    for l2 in (0.0, 3.0):
        torch.manual_seed(0)
        task = make_task(model, *known, spec(objective="regression", dropout=0.0, l2=l2))
        torch.nn.init.normal_(task.network.head.weight)
        task.network.eval()
        found[l2] = (task.loss(torch.arange(4), torch.Generator()), task.validation_loss())
    penalty = 3 * task.network.weights.square().sum() / WORDS
    torch.testing.assert_close(found[3.0][0], found[0.0][0] + penalty)
    assert found[3.0][1] == found[0.0][1]


def test_only_regression_and_masked_words_are_divisible(model, parts, spec, brain):
    known = parts(brain())
    divisible = {
        name: make_task(model, *known, spec(objective=name)).divisible
        for name in ("mlm", "mlm_matching", "contrastive", "regression")
    }
    assert divisible == {
        "mlm": True, "mlm_matching": True, "contrastive": False, "regression": True
    }  # fmt: skip


def test_neighbours_do_not_compete(model, parts, spec, brain):
    """With all TRs of a run as neighbours and one run in the batch, nothing is left to tell."""
    task = make_task(model, *parts(brain()), spec(objective="contrastive", neighbours=99))
    first = [i for i, block in enumerate(task.examples) if block.max() < 40]
    assert task.loss(torch.tensor(first), torch.Generator()).item() == pytest.approx(0, abs=1e-6)
    task.spec = task.spec.model_copy(update={"neighbours": 0})
    assert task.loss(torch.tensor(first), torch.Generator()).item() > 0.1


def test_other_subjects_at_the_same_tr_do_not_compete(model, parts, spec, brain):
    known = parts(brain(), brain(noise=0.2))
    task = make_task(model, *known, spec(objective="contrastive", neighbours=0))
    trs = torch.tensor([5, 45])
    alone = replace(known[0], places=torch.stack([torch.arange(320), torch.arange(320)], 1))
    predicted = torch.randn(2, WORDS, generator=torch.Generator().manual_seed(0))
    assert task.compare(known[0], trs, predicted, 0.0).item() == pytest.approx(0, abs=1e-6)
    assert task.compare(alone, trs, predicted, 0.0).item() > 0.1
