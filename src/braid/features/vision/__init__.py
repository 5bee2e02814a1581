"""Networks that see pictures, and what their layers make of these."""

from braid.features.vision.layers import NETWORKS, features

__all__ = ["NETWORKS", "features"]
