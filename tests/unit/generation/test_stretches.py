from zlib import crc32

import numpy as np
import pytest
import xarray as xr

from braid.generation import stretches
from braid.store import load


@pytest.fixture
def pictures():
    return np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)


@pytest.fixture
def frame():
    seed = np.arange(6).reshape(3, 2) + 2**62
    return xr.Dataset(
        {"seed": (("image", "sample"), seed)}, {"image": [3, 8, 11]}, {"subject": "1"}
    )


def test_pictures_are_read_as_written(tmp_path, pictures, frame):
    path = tmp_path / "generate.nc"
    stretches.save(path, frame, 8, iter([pictures[:4], pictures[4:]]))
    found = load(path, {"pictures": ("image", "sample", "row", "column", "channel")})
    np.testing.assert_array_equal(found["pictures"], pictures.reshape(3, 2, 8, 8, 3))
    assert found["pictures"].dtype == np.uint8
    xr.testing.assert_identical(found.drop_vars("pictures"), frame)


def test_one_picture_is_one_compressed_piece(tmp_path, frame):
    path = tmp_path / "generate.nc"
    stretches.save(path, frame, 64, iter([np.zeros((6, 64, 64, 3), np.uint8)]))
    with xr.open_dataset(path, engine="h5netcdf") as found:
        assert found["pictures"].encoding["chunksizes"] == (1, 1, 64, 64, 3)
    assert path.stat().st_size < 6 * 64 * 64 * 3 / 2


def test_nothing_is_left_when_generation_breaks(tmp_path, pictures, frame):
    def broken():
        yield pictures[:2]
        raise RuntimeError("out of power")

    with pytest.raises(RuntimeError, match="out of power"):
        stretches.save(tmp_path / "generate.nc", frame, 8, broken())
    assert not list(tmp_path.iterdir())


def test_too_few_pictures_are_not_saved(tmp_path, pictures, frame):
    with pytest.raises(ValueError, match="shorter"):
        stretches.save(tmp_path / "generate.nc", frame, 8, iter([pictures[:5]]))


def test_what_is_read_back_different_is_refused(tmp_path, pictures, frame):
    path = tmp_path / "generate.nc"
    stretches.save(path, frame, 8, iter([pictures]))
    sums = [crc32(picture.tobytes()) for picture in pictures]
    stretches._check(path, sums)
    with pytest.raises(OSError, match=r"picture \(1, 0\) was read back different"):
        stretches._check(path, [*sums[:2], 0, *sums[3:]])
