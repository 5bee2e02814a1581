import numpy as np
import pytest
import torch
from scipy.stats import binomtest
from tokenizers import Tokenizer, models
from transformers import DataCollatorForLanguageModeling, PreTrainedTokenizerFast

from braid.networks.masking import IGNORED, mask

MASK, VOCABULARY = 103, 1000
IDS = torch.randint(200, 900, (400, 50), generator=torch.Generator().manual_seed(0))
WORDS = torch.rand(IDS.shape, generator=torch.Generator().manual_seed(1)) < 0.8


def hide(rate, seed=0):
    return mask(IDS, WORDS, rate, MASK, VOCABULARY, torch.Generator().manual_seed(seed))


def likely(count, total, probability):
    return binomtest(int(count), int(total), probability).pvalue > 1e-4


@pytest.mark.parametrize("rate", [0.15, 0.3, 0.6, 0.9])
def test_shares_are_those_of_bert(rate):
    seen, labels = hide(rate)
    chosen = labels != IGNORED
    masked, same = chosen & (seen == MASK), chosen & (seen == IDS)
    assert likely(chosen.sum(), WORDS.sum(), rate)
    assert likely(masked.sum(), chosen.sum(), 0.8 + 0.1 / VOCABULARY)
    assert likely(same.sum(), chosen.sum(), 0.1 + 0.1 / VOCABULARY)


def test_only_words_are_chosen_and_only_chosen_ones_change():
    seen, labels = hide(0.5)
    chosen = labels != IGNORED
    assert not (chosen & ~WORDS).any()
    assert torch.equal(labels[chosen], IDS[chosen])
    assert torch.equal(seen[~chosen], IDS[~chosen])


def test_others_come_from_the_whole_vocabulary():
    seen, labels = hide(0.9)
    others = seen[(labels != IGNORED) & (seen != MASK) & (seen != IDS)].numpy()
    assert others.min() < 20
    assert others.max() >= VOCABULARY - 20
    assert len(np.unique(others)) > 500


def test_each_token_is_chosen_by_itself():
    """Counts per sequence vary as binomial ones do, not less."""
    chosen = hide(0.3).labels != IGNORED
    spread = ((chosen.sum(1) - 0.3 * WORDS.sum(1)) ** 2 / (0.21 * WORDS.sum(1))).mean()
    assert 0.7 < spread < 1.3


def test_choices_follow_the_generator():
    assert torch.equal(hide(0.15).ids, hide(0.15).ids)
    assert not torch.equal(hide(0.15).labels, hide(0.15, seed=1).labels)


def test_shares_agree_with_transformers():
    names = {name: number for number, name in enumerate(["[PAD]", "[CLS]", "[MASK]", "[UNK]"])}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(names, unk_token="[UNK]")),
        pad_token="[PAD]", cls_token="[CLS]", mask_token="[MASK]",
    )  # fmt: skip
    tokenizer.add_tokens([f"w{word}" for word in range(996)])
    words = IDS > 1
    collator = DataCollatorForLanguageModeling(tokenizer, mlm_probability=0.15, seed=0)
    batch = collator([{"input_ids": ids} for ids in IDS])
    ours = mask(IDS, words, 0.15, 2, 1000, torch.Generator().manual_seed(0))
    for seen, labels in [(batch["input_ids"], batch["labels"]), ours]:
        chosen = labels != IGNORED
        assert likely(chosen.sum(), words.sum(), 0.15)
        assert likely((seen[chosen] == 2).sum(), chosen.sum(), 0.8)
        assert likely((seen[chosen] == IDS[chosen]).sum(), chosen.sum(), 0.1)
