"""Responses on the scale that the encoder was trained on."""

import numpy as np
from jaxtyping import Float, Float32


def robust(bold: Float[np.ndarray, "tr parcel"]) -> Float32[np.ndarray, "tr parcel"]:
    """Take the median of each parcel from it and divide by the range between its quartiles.

    BrainLM does the same with quartiles over all of its recordings (section 3.1); those of one
    recording make the scale of the scanner irrelevant. A parcel that does not vary becomes zero.
    """
    low, median, high = np.percentile(bold, [25, 50, 75], axis=0)
    spread = np.where(high > low, high - low, np.inf)
    return ((bold - median) / spread).astype(np.float32)
