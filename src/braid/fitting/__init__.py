"""Ridge, banded ridge, folds, scores, noise ceilings, nulls and FDR: functions of arrays only."""

from braid.fitting.banded.engine import BandedEngine
from braid.fitting.banded.face import banded_ridge_cv
from braid.fitting.banded.fit import BandedFit
from braid.fitting.banded.intervals import Interval, bootstrap_runs, product_sums, unique_sums
from braid.fitting.banded.partition import product_measure, region_means, unique_variance
from braid.fitting.ceilings import explainable_variance, noise_ceiling, split_half
from braid.fitting.columns import BLOCK
from braid.fitting.delays import delay
from braid.fitting.engine.core import RidgeEngine
from braid.fitting.engine.fitted import RidgeFit
from braid.fitting.engine.readahead import Columns, read_ahead
from braid.fitting.ensembles import average_best_regions, stack_regions
from braid.fitting.folds import Folds, contiguous_blocks, hold_out, leave_one_run_out
from braid.fitting.inputs import usable
from braid.fitting.ncsnr import ncsnr, ncsnr_ceiling, zscore_sessions
from braid.fitting.nulls import block_permutation_test, circular_shift_test, matched_block_test
from braid.fitting.nulls.calibration import Calibration, calibrate, surrogates
from braid.fitting.nulls.fdr import fdr
from braid.fitting.published.bootstrap import bootstrap_ridge
from braid.fitting.ridge import ridge_cv
from braid.fitting.scores import normalise, pearson, r2, unscored

__all__ = [
    "BLOCK",
    "BandedEngine",
    "BandedFit",
    "Calibration",
    "Columns",
    "Folds",
    "Interval",
    "RidgeEngine",
    "RidgeFit",
    "average_best_regions",
    "banded_ridge_cv",
    "block_permutation_test",
    "bootstrap_ridge",
    "bootstrap_runs",
    "calibrate",
    "circular_shift_test",
    "contiguous_blocks",
    "delay",
    "explainable_variance",
    "fdr",
    "hold_out",
    "leave_one_run_out",
    "matched_block_test",
    "ncsnr",
    "ncsnr_ceiling",
    "noise_ceiling",
    "normalise",
    "pearson",
    "product_measure",
    "product_sums",
    "r2",
    "read_ahead",
    "region_means",
    "ridge_cv",
    "split_half",
    "stack_regions",
    "surrogates",
    "unique_sums",
    "unique_variance",
    "unscored",
    "usable",
    "zscore_sessions",
]
