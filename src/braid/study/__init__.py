"""What a study says: typed models of the YAML files, every error at once."""

from braid.study.config import Config, load_config
from braid.study.features import Feature
from braid.study.fits import Decoder, Fit, Folds
from braid.study.load import load_studies, load_study, restrict
from braid.study.models import Figure, Study
from braid.study.yaml import harmless

__all__ = [
    "Config",
    "Decoder",
    "Feature",
    "Figure",
    "Fit",
    "Folds",
    "Study",
    "harmless",
    "load_config",
    "load_studies",
    "load_study",
    "restrict",
]
