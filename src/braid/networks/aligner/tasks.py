"""What text models learn from brain vectors: the objectives, each a task of `networks.updates`."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int

from braid.networks.aligner.corpus import Corpus
from braid.networks.aligner.model import Aligner, Predictor
from braid.networks.aligner.sequences import NONE, Inject, collate, pack
from braid.networks.losses import info_nce, neighbours, ridge, triplet
from braid.networks.masking import mask
from braid.study.aligner import Aligner as Spec

BATCH = 64  # sequences or TRs at a time where nothing is trained
BLOCK = 8  # TRs of a training example: neighbours share the texts before them
SEED = 0  # of the masks of validation


class MaskedWords:
    """Tell masked words from the others and from brain vectors (jh250088, section 5.2).

    Parameters
    ----------
    network
        With a map for the brain vectors.
    training, validation
        TRs.
    spec
        Rate of masking, longest sequence, and how brain vectors enter.
    """

    divisible = True
    inject: Inject

    def __init__(self, network: Aligner, training: Corpus, validation: Corpus, spec: Spec) -> None:
        self.network, self.training, self.validation = network, training, validation
        self.spec = spec
        self.inject = self.entrance()
        self.examples, self.held_out = map(self.stretches, (training, validation))
        self.size = len(self.examples)

    def entrance(self) -> Inject:
        """How brain vectors enter."""
        return self.spec.inject

    def stretches(self, corpus: Corpus) -> list[range]:
        """TRs of each sequence."""
        return pack(corpus, self.spec.length, self.inject)

    def loss(
        self, examples: Int[torch.Tensor, " batch"], generator: torch.Generator
    ) -> Float[torch.Tensor, ""]:
        """Mean loss of the masked words of some sequences."""
        stretches = [self.examples[example] for example in examples.tolist()]
        return self.compare(self.training, stretches, generator)

    def validation_loss(self) -> float:
        """Mean over the validation sequences, a batch at a time, with the same masks always."""
        generator = torch.Generator().manual_seed(SEED)
        batches = [self.held_out[i : i + BATCH] for i in range(0, len(self.held_out), BATCH)]
        losses = [self.compare(self.validation, b, generator).item() * len(b) for b in batches]
        return sum(losses) / len(self.held_out)

    def compare(
        self, corpus: Corpus, stretches: Sequence[range], generator: torch.Generator
    ) -> Float[torch.Tensor, ""]:
        """Hide words of some sequences and tell them."""
        tokenizer = self.network.tokenizer
        batch = collate(corpus, stretches, tokenizer, self.inject)
        hidden = tokenizer.convert_tokens_to_ids(tokenizer.mask_token)
        masked = mask(
            batch.ids,
            batch.words,
            self.spec.mask_rate,
            hidden,
            self.network.bert.config.vocab_size,
            generator,
        )
        return self.network.loss(batch, masked, corpus.vectors)


class MatchedWords(MaskedWords):
    """One TR at a time, its brain vector after its words; and texts are drawn to their own.

    The second term compares the text alone, which never saw the brain vector, with its own and
    with that of a TR that is no neighbour (Luo & Kobayashi 2025: brain-text matching).
    """

    def entrance(self) -> Inject:
        """Brain vectors stand at the end."""
        return "append"

    def stretches(self, corpus: Corpus) -> list[range]:
        """Single TRs with words and a brain vector."""
        return [range(tr, tr + 1) for tr in _spoken(corpus)]

    def compare(
        self, corpus: Corpus, stretches: Sequence[range], generator: torch.Generator
    ) -> Float[torch.Tensor, ""]:
        """Hide words and tell them; tell brain vectors apart."""
        told = super().compare(corpus, stretches, generator)
        trs = torch.tensor([stretch.start for stretch in stretches])
        far = ~neighbours(corpus.places[trs], corpus.places, self.spec.neighbours) & corpus.present
        others = torch.multinomial(far.float(), 1, generator=generator)[:, 0]
        text = self.network.pooled([corpus.tokens[tr] for tr in trs])
        device = text.device
        own, other = (
            self.network.project(corpus.vectors[rows].to(device)) for rows in (trs, others)
        )
        return told + triplet(text, own, other, self.spec.margin)


class Prediction:
    """Predict the brain vector of a TR from the texts before it, each encoded alone.

    Loss is squared error with a ridge penalty on the linear map, or how well the right vector is
    told from the others of the batch.

    Parameters
    ----------
    network
        Text model and linear map.
    training, validation
        TRs.
    spec
        Objective, delays, temperature and neighbours.
    """

    def __init__(
        self, network: Predictor, training: Corpus, validation: Corpus, spec: Spec
    ) -> None:
        self.network, self.spec = network, spec
        self.training, self.validation = training, validation
        self.divisible = spec.objective == "regression"
        self.examples = _blocks(training)
        self.size = len(self.examples)

    def loss(
        self, examples: Int[torch.Tensor, " batch"], generator: torch.Generator
    ) -> Float[torch.Tensor, ""]:
        """Loss of some stretches of TRs; nothing is random but dropout."""
        trs = torch.cat([self.examples[example] for example in examples.tolist()])
        return self.compare(self.training, trs, self.predict(self.training, trs), self.spec.l2)

    def validation_loss(self) -> float:
        """Loss of all validation TRs, without the penalty."""
        trs = self.validation.present.nonzero()[:, 0]
        found = [self.predict(self.validation, batch) for batch in trs.split(BATCH)]
        return self.compare(self.validation, trs, torch.cat(found), 0.0).item()

    def predict(
        self, corpus: Corpus, trs: Int[torch.Tensor, " tr"]
    ) -> Float[torch.Tensor, "tr feature"]:
        """Brain vectors of some TRs; a text that precedes several is encoded once."""
        rows = before(corpus, trs, self.spec.delays)
        needed, where = rows.unique(return_inverse=True)
        silent = int(needed[0] == NONE)
        texts = [corpus.tokens[row] for row in needed[silent:].tolist()]
        return self.network(texts, where - silent)

    def compare(
        self,
        corpus: Corpus,
        trs: Int[torch.Tensor, " tr"],
        predicted: Float[torch.Tensor, "tr feature"],
        l2: float,
    ) -> Float[torch.Tensor, ""]:
        """Loss of predicted brain vectors."""
        measured = corpus.vectors[trs].to(predicted)
        if self.spec.objective == "regression":
            return ridge(predicted, measured, self.network.weights, l2)
        places = corpus.places[trs]
        near = neighbours(places, places, self.spec.neighbours).fill_diagonal_(False)
        return info_nce(predicted, measured, near.to(predicted.device), self.spec.temperature)


def before(
    corpus: Corpus, trs: Int[torch.Tensor, " tr"], delays: Sequence[int]
) -> Int[torch.Tensor, "tr delay"]:
    """TRs that precede each one by `delays`, `NONE` where the recording had not begun."""
    earlier = corpus.places[trs, 1:] - torch.tensor(delays)
    return torch.where(earlier >= 0, trs[:, None] - torch.tensor(delays), NONE)


def _spoken(corpus: Corpus) -> list[int]:
    return [tr for tr in corpus.present.nonzero()[:, 0].tolist() if corpus.tokens[tr]]


def _blocks(corpus: Corpus) -> list[Int[torch.Tensor, " tr"]]:
    """Stretches of at most `BLOCK` TRs with a brain vector, each of one recording."""
    known = [torch.tensor([tr for tr in r if corpus.present[tr]]) for r in corpus.recordings()]
    return [block for trs in known for block in trs.split(BLOCK)]
