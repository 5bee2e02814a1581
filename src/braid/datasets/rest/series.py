"""One recording as an encoder of brain states takes it."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class Series(NamedTuple):
    """BOLD of parcels.

    Attributes
    ----------
    subject
        Whose it is; one subject may have several recordings.
    bold
        Any unit, without NaN.
    xyz
        Centres of the parcels, in mm of the template.
    tr
        Seconds.
    """

    subject: str
    bold: Float[np.ndarray, "tr parcel"]
    xyz: Float[np.ndarray, "parcel 3"]
    tr: float
