"""How alike generated pictures are to those presented, on arrays; networks run elsewhere."""

from braid.evaluation.pictures.intervals import Difference, Interval, interval, paired
from braid.evaluation.pictures.pixels import batches, chroma, luminance, pixels, resize, ssim
from braid.evaluation.pictures.retrieval import retrieval, retrieval_curve
from braid.evaluation.pictures.scores import Look, Seen, evaluate, look_of
from braid.evaluation.pictures.similarity import category, correlations, distance, two_way

__all__ = [
    "Difference",
    "Interval",
    "Look",
    "Seen",
    "batches",
    "category",
    "chroma",
    "correlations",
    "distance",
    "evaluate",
    "interval",
    "look_of",
    "luminance",
    "paired",
    "pixels",
    "resize",
    "retrieval",
    "retrieval_curve",
    "ssim",
    "two_way",
]
