"""Ridge, banded ridge, folds, scores, noise ceilings, nulls and FDR: functions of arrays only."""

from braid.fitting.banded import BandedFit, banded_ridge_cv, product_measure
from braid.fitting.delays import delay
from braid.fitting.fdr import fdr
from braid.fitting.folds import Folds, contiguous_blocks, hold_out, leave_one_run_out
from braid.fitting.inputs import usable
from braid.fitting.layers import choose_layer
from braid.fitting.nulls import circular_shift_test
from braid.fitting.ridge import RidgeFit, ridge_cv
from braid.fitting.scores import explainable_variance, noise_ceiling, pearson, r2

__all__ = [
    "BandedFit",
    "Folds",
    "RidgeFit",
    "banded_ridge_cv",
    "choose_layer",
    "circular_shift_test",
    "contiguous_blocks",
    "delay",
    "explainable_variance",
    "fdr",
    "hold_out",
    "leave_one_run_out",
    "noise_ceiling",
    "pearson",
    "product_measure",
    "r2",
    "ridge_cv",
    "usable",
]
