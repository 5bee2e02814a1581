"""Captions of pictures in one language."""

import numpy as np
from jaxtyping import Int

from braid.errors import BadInput
from braid.timing import Stimulus


def captions(
    stimulus: Stimulus, numbers: Int[np.ndarray, " image"], language: str = "en"
) -> list[list[str]]:
    """Captions of each picture.

    Raises
    ------
    BadInput
        When a picture has none in this language.
    """
    if stimulus.captions is None:
        raise BadInput("stimulus", "captions", "there are none", "take a data set with captions")
    spoken = stimulus.captions.loc[stimulus.captions["language"] == language, :]
    of_picture = spoken.groupby("image")["caption"].agg(list)
    missing = np.setdiff1d(numbers, of_picture.index)
    if missing.size:
        problem = f"{missing.size} pictures have none in {language!r}, first {missing[0]}"
        cure = "fetch the captions again, whole, or take a language that they are in"
        raise BadInput("stimulus", "captions", problem, cure)
    return list(of_picture[numbers])
