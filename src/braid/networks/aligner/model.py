"""The networks: a BERT that also reads brain vectors, and one whose states predict them."""

from collections.abc import Sequence
from typing import cast

import torch
from jaxtyping import Float, Int
from torch import nn
from torch.nn.functional import cross_entropy, layer_norm
from torch.nn.utils.rnn import pad_sequence
from transformers.models.bert.modeling_bert import BertForMaskedLM, BertModel

from braid.errors import BadInput
from braid.features.transformer import Transformer
from braid.networks.aligner.sequences import NONE, Batch
from braid.networks.masking import Masked
from braid.study.aligner import Aligner as Spec

# How much faster than the text model its linear map learns: Adam moves all weights alike.
PACE = 10.0


class Reader(nn.Module):
    """A BERT whose upper layers are trained.

    Parameters
    ----------
    model
        Its tokenizer and weights.
    spec
        Which upper layers are trained, and their dropout.

    Raises
    ------
    BadInput
        When the model is no BERT, or has fewer layers.
    """

    def __init__(self, model: Transformer, spec: Spec) -> None:
        super().__init__()
        self.tokenizer, self.bert = model.tokenizer, cast(BertModel, model.network)
        _check(model, spec)
        self.bert.requires_grad_(False)
        _set_dropout(self.bert, 0.0)
        for part in _upper(self.bert, spec):
            part.requires_grad_(True)
            _set_dropout(part, spec.dropout)

    def pooled(self, texts: Sequence[Sequence[int]]) -> Float[torch.Tensor, "text hidden"]:
        """Mean last state of the tokens of each text alone, zero where there are none.

        As `braid.features.language_model` averages them for unit `tr`.
        """
        start, end = self.tokenizer("")["input_ids"]
        ids = [torch.tensor([start, *text, end], device=self.bert.device) for text in texts]
        mask = pad_sequence([torch.ones_like(text) for text in ids], batch_first=True)
        words = pad_sequence([torch.ones_like(text[2:]) for text in ids], batch_first=True)
        padded = pad_sequence(ids, batch_first=True)
        states = self.bert(input_ids=padded, attention_mask=mask).last_hidden_state[:, 1:-1]
        total = (states * words[..., None]).sum(dim=1)
        return total / words.sum(dim=1, keepdim=True).clamp(min=1)


class Aligner(Reader):
    """A BERT that tells masked words from the others and from brain vectors.

    Parameters
    ----------
    model, spec
        See `Reader`. The head that tells words is trained but for the embeddings that it shares;
        a model without one gets random weights.
    width
        Features of a brain vector; a linear map takes them to the hidden states.
    """

    def __init__(self, model: Transformer, width: int, spec: Spec) -> None:
        super().__init__(model, spec)
        whole = BertForMaskedLM.from_pretrained(
            model.folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
        embeddings = self.bert.embeddings.word_embeddings.weight
        self.head = whole.cls.predictions
        self.head.decoder.weight = embeddings
        self.project = nn.Linear(width, embeddings.shape[1])
        # A brain vector of unit variance enters as large as a word.
        nn.init.normal_(self.project.weight, std=embeddings.std().item() / width**0.5)
        nn.init.zeros_(self.project.bias)
        self.to(embeddings.device)

    def loss(
        self, batch: Batch, masked: Masked, vectors: Float[torch.Tensor, "tr feature"]
    ) -> Float[torch.Tensor, ""]:
        """Mean cross-entropy of the words that are to be told."""
        device = self.bert.device
        embedded = self.embed(batch._replace(ids=masked.ids), vectors)
        states = self.bert(inputs_embeds=embedded, attention_mask=batch.attention.to(device))
        chosen = masked.labels >= 0
        logits = self.head(states.last_hidden_state[chosen.to(device)])
        labels = masked.labels[chosen].to(device)
        return cross_entropy(logits, labels, reduction="sum") / max(len(labels), 1)

    def embed(
        self, batch: Batch, vectors: Float[torch.Tensor, "tr feature"]
    ) -> Float[torch.Tensor, "sequence token hidden"]:
        """Embeddings of words, with brain vectors in their places or added to them."""
        device = self.bert.device
        alone = ((batch.brain != NONE) & ~batch.words).to(device)
        words = self.bert.embeddings.word_embeddings(batch.ids.to(device))
        embedded = words.masked_fill(alone[..., None], 0)
        places = (batch.brain != NONE).nonzero(as_tuple=True)
        brain = self.project(vectors[batch.brain[places]].to(device))
        where = tuple(index.to(device) for index in places)
        return embedded.index_put(where, brain.to(embedded), accumulate=True)


class Predictor(Reader):
    """A BERT whose pooled states of the texts before a TR predict its brain vector, linearly.

    For regression the map starts at zero. One that started as the best for the model as it came
    would leave only noise to learn, and a random one would send the model in random directions
    first, at full speed: Adam does not ask how large a gradient is.

    Parameters
    ----------
    model, spec
        See `Reader`; there are as many texts for a brain vector as `spec` has delays.
    width
        Features of a brain vector.
    """

    def __init__(self, model: Transformer, width: int, spec: Spec) -> None:
        super().__init__(model, spec)
        hidden = self.bert.config.hidden_size
        self.mix = nn.Parameter(torch.full((len(spec.delays),), 1 / len(spec.delays)))
        self.head = nn.Linear(hidden, width)
        nn.init.zeros_(self.head.bias)
        if spec.objective == "regression":
            nn.init.zeros_(self.head.weight)
        self.to(self.bert.device)

    def forward(
        self, texts: Sequence[Sequence[int]], rows: Int[torch.Tensor, "tr delay"]
    ) -> Float[torch.Tensor, "tr feature"]:
        """Brain vectors of some TRs.

        Parameters
        ----------
        texts
            Tokens of texts.
        rows
            Which of them are those before each TR, `NONE` for none.
        """
        return self.head(PACE * self.inputs(self.pooled(texts), rows)).float()

    def inputs(
        self, states: Float[torch.Tensor, "text hidden"], rows: Int[torch.Tensor, "tr delay"]
    ) -> Float[torch.Tensor, "tr hidden"]:
        """States of the texts before each TR, normalised, mixed over delays; zero for none.

        All features share the weights of the delays, as they share the haemodynamics: a map for
        each delay would have four times the weights, and learn a short text by heart.
        """
        scaled = layer_norm(states, states.shape[1:])
        padded = torch.cat([scaled, torch.zeros_like(scaled[:1])])
        return (padded[rows.to(padded.device)] * self.mix[:, None]).sum(dim=1)

    @property
    def weights(self) -> Float[torch.Tensor, "feature hidden"]:
        """The linear map, for normalised states."""
        return PACE * self.head.weight


def _check(model: Transformer, spec: Spec) -> None:
    config = model.network.config
    if config.model_type != "bert":
        raise BadInput(model.folder, "model_type", f"is {config.model_type}", "name a BERT")
    if spec.trained_layers != "all" and spec.trained_layers > config.num_hidden_layers:
        problem = f"{spec.trained_layers} asked for, the model has {config.num_hidden_layers}"
        raise BadInput(model.folder, "trained_layers", problem, "ask for fewer")


def _upper(bert: BertModel, spec: Spec) -> list[nn.Module]:
    if spec.trained_layers == "all":
        return [bert.embeddings, bert.encoder]
    return list(bert.encoder.layer)[-spec.trained_layers :]


def _set_dropout(part: nn.Module, rate: float) -> None:
    for module in part.modules():
        if isinstance(module, nn.Dropout):
            module.p = rate
