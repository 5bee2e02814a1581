"""TRs packed into sequences of tokens, with the places where brain vectors enter."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import torch
from jaxtyping import Bool, Int
from torch.nn.utils.rnn import pad_sequence
from transformers import PreTrainedTokenizerBase

from braid.errors import BadInput
from braid.networks.aligner.corpus import Corpus

Inject = Literal["token", "add", "append"]
NONE = -1


class Batch(NamedTuple):
    """Sequences side by side.

    Attributes
    ----------
    ids
        Tokens; padding where a brain vector stands for itself.
    attention
        Whether there is anything.
    words
        Whether it is a token of a word.
    brain
        TR whose brain vector enters here, `NONE` for none.
    """

    ids: Int[torch.Tensor, "sequence token"]
    attention: Bool[torch.Tensor, "sequence token"]
    words: Bool[torch.Tensor, "sequence token"]
    brain: Int[torch.Tensor, "sequence token"]


def pack(corpus: Corpus, length: int, inject: Inject) -> list[range]:
    """Cut recordings into stretches of TRs that fill sequences of at most `length` tokens.

    Special tokens and brain vectors count. Stretches without a word are left out.

    Raises
    ------
    BadInput
        When a single TR is longer.
    """
    sizes = [_size(corpus, tr, inject) for tr in range(len(corpus.tokens))]
    if max(sizes) > length - 2:
        raise BadInput("network", "length", f"{length}, a TR needs {max(sizes) + 2}", "raise it")
    stretches = [s for recording in corpus.recordings() for s in _fill(recording, sizes, length)]
    return [stretch for stretch in stretches if any(corpus.tokens[tr] for tr in stretch)]


def collate(
    corpus: Corpus, stretches: Sequence[range], tokenizer: PreTrainedTokenizerBase, inject: Inject
) -> Batch:
    """Tokens of some stretches of TRs.

    Parameters
    ----------
    corpus, stretches
        Which TRs; a single one each with `append`.
    tokenizer
        Whose special tokens.
    inject
        `token`: a brain vector stands before the words of its TR. `add`: it is added to each of
        them. `append`: it stands after the last special token.
    """
    pad = tokenizer.convert_tokens_to_ids(tokenizer.pad_token)
    rows = [torch.tensor(list(_row(corpus, s, tokenizer, inject, pad))) for s in stretches]
    attention = pad_sequence([torch.ones(len(r), dtype=torch.bool) for r in rows], True)
    ids, words, brain = pad_sequence(rows, True).unbind(dim=-1)
    return Batch(ids.where(attention, pad), attention, words.bool(), brain.where(attention, NONE))


def _size(corpus: Corpus, tr: int, inject: Inject) -> int:
    return len(corpus.tokens[tr]) + (inject != "add" and bool(corpus.present[tr]))


def _fill(recording: range, sizes: list[int], length: int) -> Iterator[range]:
    start, filled = recording.start, 2
    for tr in recording:
        if filled + sizes[tr] > length:
            yield range(start, tr)
            start, filled = tr, 2
        filled += sizes[tr]
    yield range(start, recording.stop)


def _row(
    corpus: Corpus, stretch: range, tokenizer: PreTrainedTokenizerBase, inject: Inject, pad: int
) -> Iterator[tuple[int, bool, int]]:
    """Token, whether it is of a word, and TR whose brain vector enters, of a stretch."""
    start, end = tokenizer("")["input_ids"]
    yield start, False, NONE
    for tr in stretch:
        if inject == "token" and corpus.present[tr]:
            yield pad, False, tr
        own = tr if inject == "add" and corpus.present[tr] else NONE
        yield from ((token, True, own) for token in corpus.tokens[tr])
    yield end, False, NONE
    if inject == "append":
        yield pad, False, stretch.start
