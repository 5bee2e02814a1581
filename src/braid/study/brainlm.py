"""What an encoder of brain states is: a masked autoencoder of parcels."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt, model_validator

from braid.study.names import Name, Strict


class MaskedAutoencoder(Strict):
    """A vision transformer over patches of a few TRs of one parcel (BrainLM)."""

    kind: Literal["masked_autoencoder"]
    window: PositiveInt = 200
    """TRs that it sees at a time."""
    patch: PositiveInt = 20
    """TRs of a token."""
    parcels: PositiveInt
    """Parcels of a training example, drawn anew each time from those of the recording."""
    mask_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Share of the tokens that are hidden while it is trained."""
    hidden: PositiveInt
    """Width of the hidden states."""
    layers: PositiveInt
    heads: PositiveInt
    decoder_hidden: PositiveInt
    decoder_layers: PositiveInt
    validation: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Subjects that the best step is chosen on."""
    test: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Subjects that the reconstruction is reported of; they take no part in training."""

    @model_validator(mode="after")
    def _fits(self) -> "MaskedAutoencoder":
        if self.window % self.patch:
            raise ValueError(f"window {self.window} is not a multiple of patch {self.patch}")
        for width in (self.hidden, self.decoder_hidden):
            if width % self.heads:
                raise ValueError(f"{self.heads} heads do not divide a width of {width}")
        if both := set(self.validation) & set(self.test):
            raise ValueError(f"subjects for validation and test: {sorted(both)}")
        return self
