"""Files of neighbouring voxels made one."""

import h5netcdf
import numpy as np
import pytest
import xarray as xr

from braid.store import load, save, sha256, stitch


@pytest.fixture
def weights():
    coef = np.random.default_rng(0).standard_normal((7, 3600)).astype(np.float32)
    coef[:, 2050] = np.nan
    return xr.Dataset(
        {"coef": (("weight", "voxel"), coef)},
        coords={
            "delay": ("weight", np.arange(7.0), {"units": "s"}),
            "band": ("weight", [*"aabbccc"]),
        },
        attrs={"layers": [1, 2], "subject": "S1"},
    )


def cut(weights, folder, edges):
    paths = [folder / f"{len(edges)}_{i}.nc" for i in range(len(edges) - 1)]
    for path, first, last in zip(paths, edges, edges[1:], strict=False):
        save(path, weights.isel(voxel=slice(first, last)))
    return paths


def test_the_whole_is_what_was_cut_whatever_the_cuts(weights, tmp_path):
    digests = set()
    for edges in ([0, 3600], [0, 2048, 3600], [0, 768, 2048, 3072, 3600]):
        stitch(tmp_path / "whole.nc", cut(weights, tmp_path, edges), "coef")
        xr.testing.assert_identical(load(tmp_path / "whole.nc"), weights)
        digests.add(sha256(tmp_path / "whole.nc"))
    assert len(digests) == 1


def test_the_whole_is_stored_in_blocks(weights, tmp_path):
    stitch(tmp_path / "whole.nc", cut(weights, tmp_path, [0, 2048, 3600]), "coef", mode=0o600)
    with xr.open_dataset(tmp_path / "whole.nc", engine="h5netcdf") as stored:
        assert stored["coef"].encoding["chunksizes"] == (7, 768)
    assert (tmp_path / "whole.nc").stat().st_mode & 0o777 == 0o600


def test_what_reads_back_different_is_refused(weights, tmp_path, monkeypatch):
    parts = cut(weights, tmp_path, [0, 2048, 3600])
    write = h5netcdf.Variable.__setitem__

    def corrupt(variable, key, values):
        write(variable, key, values + 1 if np.ndim(values) == 2 else values)

    monkeypatch.setattr(h5netcdf.Variable, "__setitem__", corrupt)
    with pytest.raises(OSError, match="read back different"):
        stitch(tmp_path / "whole.nc", parts, "coef")
    assert sorted(tmp_path.iterdir()) == sorted(parts)
