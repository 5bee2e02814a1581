"""Save an array of 4 MB."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from braid.store import save

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

values = xr.DataArray(np.arange(1_000_000, dtype=np.float32), dims="voxel")
save(snakemake.output[0], xr.Dataset({"r": values.assign_attrs(units="1")}))
