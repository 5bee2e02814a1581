import pytest
import torch

from braid.errors import BadInput
from braid.networks.aligner.sequences import NONE, collate, pack

PAD, CLS, SEP = 0, 2, 3


@pytest.mark.parametrize("inject", ["token", "add"])
def test_stretches_cover_each_recording_and_fit(corpus, model, inject):
    stretches = pack(corpus, 24, inject)
    batch = collate(corpus, stretches, model.tokenizer, inject)
    sizes = batch.attention.sum(1)
    assert sizes.max() <= 24
    assert [tr for stretch in stretches for tr in stretch] == list(range(80))
    assert 40 in {stretch.start for stretch in stretches}
    for stretch, size, after in zip(stretches, sizes, stretches[1:], strict=False):
        extra = len(corpus.tokens[after.start]) + (inject == "token" and corpus.present[after[0]])
        assert size + extra > 24 or stretch.stop == 40


def test_vector_stands_before_the_words_of_its_tr(corpus, model):
    batch = collate(corpus, [range(2, 6)], model.tokenizer, "token")
    ids, brain = [CLS, *corpus.tokens[2]], [NONE] * (1 + len(corpus.tokens[2]))
    for tr in (3, 4, 5):
        ids += [PAD, *corpus.tokens[tr]]
        brain += [tr] + [NONE] * len(corpus.tokens[tr])
    assert batch.ids[0].tolist() == [*ids, SEP]
    assert batch.brain[0].tolist() == [*brain, NONE]
    assert batch.words[0].tolist() == [token > SEP for token in [*ids, SEP]]


def test_vector_is_added_to_each_word_of_its_tr(corpus, model):
    batch = collate(corpus, [range(2, 5)], model.tokenizer, "add")
    words = [(token, tr) for tr in (2, 3, 4) for token in corpus.tokens[tr]]
    assert batch.ids[0].tolist() == [CLS, *(token for token, _ in words), SEP]
    rows = [tr if tr > 2 else NONE for _, tr in words]
    assert batch.brain[0].tolist() == [NONE, *rows, NONE]


def test_vector_stands_at_the_end(corpus, model):
    tr = next(tr for tr in range(3, 40) if corpus.tokens[tr])
    batch = collate(corpus, [range(tr, tr + 1)], model.tokenizer, "append")
    assert batch.ids[0].tolist() == [CLS, *corpus.tokens[tr], SEP, PAD]
    assert batch.brain[0].tolist() == [NONE] * (len(corpus.tokens[tr]) + 2) + [tr]


def test_shorter_sequences_are_padded_with_nothing(corpus, model):
    batch = collate(corpus, [range(3, 10), range(3, 5)], model.tokenizer, "token")
    rest = ~batch.attention[1]
    assert rest.any()
    assert not rest[: batch.attention[1].sum()].any()
    assert (batch.ids[1][rest] == PAD).all()
    assert (batch.brain[1][rest] == NONE).all()
    assert not batch.words[1][rest].any()


def test_silence_alone_is_no_sequence(corpus, model):
    silent = corpus.__class__(
        [[], [], [7]], *(column[:3] for column in vars(corpus).values() if torch.is_tensor(column))
    )
    assert pack(silent, 4, "add") == [range(3)]
    silent.tokens[2] = []
    assert pack(silent, 4, "add") == []


def test_tr_longer_than_a_sequence_is_refused(corpus):
    with pytest.raises(BadInput, match=r"length: 5, a TR needs 6"):
        pack(corpus, 5, "token")
