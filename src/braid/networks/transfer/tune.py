"""Train a model to tell translations from other sentences, and test it on pairs held out."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import torch
from jaxtyping import Float, Int
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn import functional

from braid.features.transformer import load
from braid.networks.training import train, write
from braid.networks.transfer.embedders import Embedder, TextEmbedder, VectorEmbedder
from braid.networks.transfer.loss import Cosine, transfer_loss
from braid.networks.transfer.pairs import make_pairs
from braid.sources.folders import atomic_folder, let_read
from braid.study.networks import Schedule
from braid.study.transfer import Transfer, TransferVectors

BATCH = 64  # pairs at a time where nothing is trained
PENALTY = 0.01  # inverse, of the weights of the classifier before tuning


class Matcher(nn.Module):
    """Two embeddings u, v to the logit that their sentences match.

    The source does not say how. Here it is linear in |u - v| and u * v (Conneau et al. 2017,
    section 3.1, without u and v, of which neither alone can tell), both brought to length
    sqrt(width).
    """

    def __init__(self, embedder: Embedder) -> None:
        super().__init__()
        self.embed = embedder
        self.head = nn.Linear(2 * embedder.width, 1)

    def forward(
        self, first: Int[torch.Tensor, " pair"], second: Int[torch.Tensor, " pair"]
    ) -> tuple[torch.Tensor, torch.Tensor, Float[torch.Tensor, " pair"]]:
        """Embeddings of both sentences of some pairs, and the logit."""
        u, v = self.embed(0, first), self.embed(1, second)
        return u, v, self.head(_compared(u, v))[:, 0]

    @torch.no_grad()
    def fit_head(self, pairs: pd.DataFrame) -> None:
        """Fit the head by logistic regression before the rest is tuned (Kumar et al. 2022).

        A head that starts at random would spoil the embeddings while it is learned.
        """
        first, second, label = _columns(pairs)
        batches = zip(first.split(BATCH), second.split(BATCH), strict=True)
        X = torch.cat([_compared(self.embed(0, u), self.embed(1, v)) for u, v in batches])
        fitted = LogisticRegression(C=PENALTY, max_iter=1000).fit(X.cpu().numpy(), label.numpy())
        self.head.weight.copy_(torch.from_numpy(fitted.coef_))
        self.head.bias.copy_(torch.from_numpy(fitted.intercept_))


class MatchingTask:
    """What is trained, a `braid.networks.updates.Task`.

    Parameters
    ----------
    network
        Embeddings and classifier.
    pairs
        Of `make_pairs`.
    cosine
        Second term of the loss.
    """

    divisible = True

    def __init__(self, network: Matcher, pairs: pd.DataFrame, cosine: Cosine) -> None:
        self.network: nn.Module = network
        self.cosine: Cosine = cosine
        self.training, self.validation = (
            _columns(pairs.loc[pairs["part"] == part, :]) for part in ("training", "validation")
        )
        self.size = self.training.shape[1]

    def loss(
        self, examples: Int[torch.Tensor, " batch"], generator: torch.Generator
    ) -> Float[torch.Tensor, ""]:
        """Mean loss of some training pairs; nothing is random but dropout."""
        return self._loss(self.training[:, examples])

    def validation_loss(self) -> float:
        """Mean loss of the validation pairs."""
        batches = self.validation.split(BATCH, dim=1)
        total = sum(self._loss(batch).item() * batch.shape[1] for batch in batches)
        return total / self.validation.shape[1]

    def _loss(self, pairs: Int[torch.Tensor, "column pair"]) -> Float[torch.Tensor, ""]:
        first, second, label = pairs
        u, v, logit = self.network(first, second)
        return transfer_loss(u, v, logit, label.to(logit), self.cosine)


def transfer(
    sentences: pd.DataFrame,
    models: Sequence[Path],
    spec: Transfer | TransferVectors,
    schedule: Schedule,
    seed: int,
    folder: Path,
    checkpoint: Path,
) -> None:
    """Train on pairs, and answer on pairs held out.

    Writes log.csv, training.json and predictions.csv: `pair` (position of the sentence of the
    second language), `label`, `probability` of a match. Beside them a `transfer` leaves the tuned
    model as a Hugging Face folder, of which extraction reads text features.

    Parameters
    ----------
    sentences
        Parallel sentences, a column for each language of `spec`, in that order.
    models
        Folder of the text model, or of the word vectors of each language.
    spec, schedule
        What is trained, and how.
    seed
        Of pairs, weights, order and dropout.
    folder
        To be made.
    checkpoint
        Folder of the state of training, which goes on from there if there is one.

    Raises
    ------
    BadInput
        When a model or checkpoint cannot be used, or there are too few sentences.
    """
    pairs = make_pairs(sentences, spec, seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = Matcher(_embedder(sentences, models, spec))
        network.fit_head(pairs.loc[pairs["part"] == "training", :])
        task = MatchingTask(network, pairs, spec.cosine)
        training = train(task, schedule, seed, checkpoint)
        answers = _answers(network, pairs.loc[pairs["part"] == "test", :])
    with atomic_folder(folder) as partial:
        network.embed.save(partial)
        write(training, partial, _about(spec, pairs))
        answers.to_csv(partial / "predictions.csv", index=False)
        let_read(partial)


def _embedder(
    sentences: pd.DataFrame, models: Sequence[Path], spec: Transfer | TransferVectors
) -> Embedder:
    if isinstance(spec, TransferVectors):
        return VectorEmbedder(models, sentences, spec.width)
    (model,) = models
    return TextEmbedder(load(model), sentences, spec.trained_layers)


@torch.inference_mode()
def _answers(network: Matcher, pairs: pd.DataFrame) -> pd.DataFrame:
    first, second, label = _columns(pairs)
    batches = zip(first.split(BATCH), second.split(BATCH), strict=True)
    logit = torch.cat([network(*batch)[2] for batch in batches])
    probability = torch.sigmoid(logit.float()).cpu().numpy()
    return pd.DataFrame({"pair": second, "label": label, "probability": probability})


def _compared(
    u: Float[torch.Tensor, "pair width"], v: Float[torch.Tensor, "pair width"]
) -> Float[torch.Tensor, "pair feature"]:
    u, v = (functional.normalize(of, dim=1) * of.shape[1] ** 0.5 for of in (u, v))
    return torch.cat([(u - v).abs(), u * v], dim=1)


def _columns(pairs: pd.DataFrame) -> Int[torch.Tensor, "column pair"]:
    return torch.from_numpy(pairs[["first", "second", "label"]].to_numpy().T.copy())


def _about(spec: Transfer | TransferVectors, pairs: pd.DataFrame) -> dict[str, object]:
    counts = pairs["part"].value_counts().to_dict()
    return {"kind": spec.kind, "languages": spec.languages, "pairs": counts}
