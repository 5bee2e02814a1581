"""The networks that a study trains: what each is, what it is trained on, and how."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, TypeAdapter

from braid.study.aligner import Aligner
from braid.study.brainlm import MaskedAutoencoder
from braid.study.generators import PictureAutoencoder, PictureDiffusion, PictureJudge
from braid.study.names import Name, Source, Strict, Text
from braid.study.networks import Schedule
from braid.study.transfer import Autoencoder, Transfer, TransferVectors


class Cut(Strict):
    """Parts of one run, by the rows of its responses, where a data set has but one."""

    run: Name
    parts: dict[Name, tuple[NonNegativeInt, PositiveInt]]
    """First row, and the one after the last."""

    def rows(self, names: Collection[Name]) -> list[int]:
        """Rows of some parts."""
        return [row for name in names for row in range(*self.parts[name])]


class Trained(Strict):
    """What every network says of its training."""

    like: Name | None = Field(default=None, exclude=True)
    """As the network of this name, but for what is said here."""
    label: Text
    """How figures call it."""
    schedule: dict[Source, Schedule]


class OnResponses(Trained):
    """Trained on responses to some runs, stopped by those to others."""

    dataset: Name | None = None
    """Whose; the study's own when not given."""
    training: dict[Source, Annotated[tuple[Name, ...], Field(min_length=1)]]
    validation: dict[Source, Annotated[tuple[Name, ...], Field(min_length=1)]]


class Pretrained(MaskedAutoencoder, Trained):
    """Trained on resting brains that travel in packages."""

    pooled: Literal[True] = True


class Coded(Autoencoder, OnResponses):
    """Trained on the responses of all subjects, to one run that is cut into parts."""

    cut: Cut
    pooled: Literal[True] = True

    def recordings(self, source: Source) -> tuple[Name, ...]:
        """Recordings whose responses it needs."""
        return (self.cut.run,)


class Tuned(Aligner, OnResponses):
    """Trained on texts and the responses to them."""

    cut: Cut | None = None
    """Parts of its only run, which `training` and `validation` name in place of runs."""
    pooled: bool = False
    """One network for all subjects of the data set, in place of one for each."""

    def recordings(self, source: Source) -> tuple[Name, ...]:
        """Recordings whose responses it needs."""
        named = (*self.training[source], *self.validation[source])
        return (self.cut.run,) if self.cut else named


class Transferred(Transfer, Trained):
    """Trained on pairs of sentences."""

    pooled: Literal[True] = True


class TransferredVectors(TransferVectors, Trained):
    """Its baseline, whose words have no context."""

    pooled: Literal[True] = True


class TrainedAutoencoder(PictureAutoencoder, Trained):
    """Trained on scenes; the first part of a generator of pictures."""

    pooled: Literal[True] = True


class TrainedDiffusion(PictureDiffusion, Trained):
    """Trained on scenes; with the autoencoder, a generator of pictures."""

    pooled: Literal[True] = True


class TrainedJudge(PictureJudge, Trained):
    """Trained on scenes of things that the generator never met."""

    pooled: Literal[True] = True


Network = Annotated[
    Pretrained
    | Coded
    | Tuned
    | Transferred
    | TransferredVectors
    | TrainedAutoencoder
    | TrainedDiffusion
    | TrainedJudge,
    Field(discriminator="kind"),
]


def network(content: Mapping[str, Any]) -> Network:
    """Read back what a job was told of its network."""
    return TypeAdapter(Network).validate_python(content)


def on(spec: Network, source: Source) -> Network:
    """The same for one source alone, which is all that its job needs to know."""
    kept = {
        name: {source: value[source]}
        for name in type(spec).model_fields
        if isinstance(value := getattr(spec, name), dict) and source in value
    }
    return spec.model_copy(update=kept)
