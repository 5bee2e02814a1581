"""What a text model that is tuned with brain vectors is."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from braid.study.names import Name, Source, Strict


class Aligner(Strict):
    """A text model whose upper layers are tuned with brain vectors; read with text alone."""

    kind: Literal["aligner"]
    encoder: Name
    """Encoder of the study that the brain vectors come from."""
    model: dict[Source, Name]
    """Row of config/models.tsv, per source."""
    objective: Literal["mlm", "mlm_matching", "contrastive", "regression"]
    """`mlm`: words are masked and told from the others and the brain (jh250088). `mlm_matching`:
    one TR at a time, the brain vector after its words, and text is drawn to its own brain vector
    (Luo & Kobayashi 2025). `contrastive`: the text before a TR tells its brain vector among those
    of the batch. `regression`: it predicts the brain vector."""
    inject: Literal["token", "add"] = "token"
    """`token`: a brain vector stands before the words of its TR. `add`: it is added to each of
    them. jh250088 does not say which (objective `mlm` only)."""
    mask_rate: Annotated[float, Field(gt=0, lt=1)] = 0.15
    """Share of the tokens that are to be told (objectives `mlm...` only)."""
    length: PositiveInt = 256
    """Longest sequence, special tokens and brain vectors included (objective `mlm` only)."""
    margin: PositiveFloat = 0.2
    """Of the triplets (objective `mlm_matching` only)."""
    delays: Annotated[tuple[NonNegativeInt, ...], Field(min_length=1)] = (1, 2, 3, 4)
    """TRs from a text to the brain vector that it helps to predict (objectives `contrastive` and
    `regression` only)."""
    components: PositiveInt | None = None
    """Leading principal components of the brain vectors that are learned; all features when not
    given (objectives `contrastive` and `regression` only)."""
    l2: NonNegativeFloat = 0.1
    """Penalty on the map from text to brain vectors, for normalised states (objective `regression`
    only)."""
    temperature: PositiveFloat = 0.07
    """Of the similarities (objective `contrastive` only)."""
    neighbours: NonNegativeInt = 4
    """TRs around one whose brain vectors do not compete with its own (objectives `contrastive`
    and `mlm_matching` only)."""
    lag: NonNegativeFloat = 0.0
    """Seconds from a TR to the brain vector that is its own."""
    trained_layers: PositiveInt | Literal["all"] = 2
    """Upper layers that are trained; `all` trains the embeddings, too."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """In the layers that are trained."""
