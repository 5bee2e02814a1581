import numpy as np
import pytest
import torch

from braid.errors import BadInput
from braid.features.transformer import tokenise
from braid.networks.aligner.corpus import read, reduce, standardise

from .conftest import TRS, WORDS


def spoken(stories, run, tr):
    words = stories.events[(stories.events["run"] == run) & (stories.events["onset"] // 2 == tr)]
    return list(words["label"])


def test_tokens_are_those_of_the_words_of_each_tr(stories, corpus, model):
    for row in range(2 * TRS):
        words = spoken(stories, f"run{row // TRS}", row % TRS)
        assert corpus.tokens[row] == tokenise(model, " ".join(words))["input_ids"][1:-1]
    assert [] in corpus.tokens


def test_rows_know_their_places(corpus):
    assert corpus.places[[0, 39, 40, 79]].tolist() == [[0, 0], [0, 39], [1, 0], [1, 39]]
    assert corpus.recordings() == [range(40), range(40, 80)]
    assert corpus.present.tolist() == ([False] * 3 + [True] * 37) * 2
    assert not corpus.vectors[~corpus.present].any()


def test_vectors_are_those_measured_at_the_tr(stories, brain, corpus):
    data = brain(trim=3)
    for row in (3, 20, 43, 79):
        here = (data["run"] == f"run{row // TRS}") & (data["time"] == 1 + 2 * (row % TRS))
        np.testing.assert_array_equal(corpus.vectors[row], data["brain"].values[here.values][0])


@pytest.mark.parametrize("trs", [1, 3])
def test_lag_undoes_a_delay(stories, brain, model, trs):
    late = read(stories, [brain(delay=trs, noise=0.0)], model, ["run2"], 2.0 * trs)
    now = read(stories, [brain(noise=0.0)], model, ["run2"], 0.0)
    assert late.present.sum() == TRS - trs
    assert torch.equal(late.vectors[: TRS - trs], now.vectors[: TRS - trs])
    assert late.tokens == now.tokens


def test_subjects_share_places_but_not_recordings(stories, brain, model):
    pair = [brain(), brain(noise=1.0)]
    both = read(stories, pair, model, ["run0", "run3"], 0.0)
    assert both.recordings() == [range(40 * i, 40 * (i + 1)) for i in range(4)]
    assert torch.equal(both.places[:40], both.places[40:80])
    assert both.tokens[:40] == both.tokens[40:80]
    assert not torch.equal(both.vectors[:40], both.vectors[40:80])


def test_subject_without_the_run_is_left_out(stories, brain, model):
    pair = [brain(runs=("run1",)), brain(runs=("run0", "run1"))]
    assert len(read(stories, pair, model, ["run0", "run1"], 0.0).recordings()) == 3


def test_runs_that_nobody_heard_are_refused(stories, brain, model):
    with pytest.raises(BadInput, match="none of run4, run5"):
        read(stories, [brain(runs=("run1",))], model, ["run4", "run5"], 0.0)


def test_standard_units_are_those_of_the_training_trs(stories, brain, model, corpus):
    other = read(stories, [brain(trim=3)], model, ["run4"], 0.0)
    training, validation = standardise(corpus, other)
    known = training.vectors[training.present]
    torch.testing.assert_close(known.mean(0), torch.zeros(WORDS), atol=1e-5, rtol=0)
    torch.testing.assert_close(known.std(0, correction=0), torch.ones(WORDS))
    raw = corpus.vectors[corpus.present]
    expected = (other.vectors[5] - raw.mean(0)) / raw.std(0, correction=0)
    torch.testing.assert_close(validation.vectors[5], expected)
    assert not training.vectors[~training.present].any()


def test_constant_feature_becomes_zero(stories, brain, model):
    data = brain()
    data["brain"][:, 4] = 7.0
    corpus = read(stories, [data], model, ["run0"], 0.0)
    training, _ = standardise(corpus, corpus)
    assert not training.vectors[:, 4].any()


def test_components_are_the_leading_ones_of_the_training_trs(stories, brain, model, corpus):
    other = read(stories, [brain(noise=1.0)], model, ["run4"], 0.0)
    training, validation = standardise(corpus, other)
    known = training.vectors[training.present].double()
    variances, directions = torch.linalg.eigh(known.T @ known / (len(known) - 1))
    leading = directions[:, -3:].flip(1) / variances[-3:].mean().sqrt()
    for whole, part in zip((training, validation), reduce(training, validation, 3), strict=True):
        expected = whole.vectors.double() @ leading
        signs = (expected * part.vectors).sum(0).sign()
        torch.testing.assert_close(part.vectors.double(), expected * signs, atol=1e-4, rtol=0)
        assert torch.equal(part.present, whole.present)


def test_more_components_than_features_are_refused(corpus):
    with pytest.raises(BadInput, match=f"components: {WORDS + 1} asked for"):
        reduce(corpus, corpus, WORDS + 1)
