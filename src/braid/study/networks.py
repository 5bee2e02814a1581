"""How a network is trained."""

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from braid.study.names import Strict


class Schedule(Strict):
    """The updates of the weights, by AdamW."""

    steps: PositiveInt
    """Updates, at most."""
    batch: PositiveInt
    """Examples per pass through the network."""
    accumulate: PositiveInt = 1
    """Passes per update."""
    learning_rate: PositiveFloat
    warmup: NonNegativeInt = 0
    """Updates until the learning rate is full; then it falls linearly, to 0 at `steps`."""
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: NonNegativeFloat = 0.01
    clip: PositiveFloat | None = None
    """Largest norm of the gradient."""
    validate_every: PositiveInt
    """Updates from one validation to the next."""
    patience: PositiveInt
    """Validations in a row without a better one, then training stops."""
