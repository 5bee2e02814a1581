"""From the stimulus clock to the scanner's: TextGrids, alignment of words to TRs, trims."""

from braid.timing.align import align
from braid.timing.audit import audit, seconds
from braid.timing.design import check_count, trim, zscore
from braid.timing.lanczos import interpolate, lanczos_matrix
from braid.timing.present import present
from braid.timing.stimulus import Stimulus
from braid.timing.textgrid import read_tier

__all__ = [
    "Stimulus",
    "align",
    "audit",
    "check_count",
    "interpolate",
    "lanczos_matrix",
    "present",
    "read_tier",
    "seconds",
    "trim",
    "zscore",
]
