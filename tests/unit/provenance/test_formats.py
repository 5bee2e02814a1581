"""Outputs that are not what their names say."""

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from PIL import Image
from safetensors.numpy import save_file

from braid.errors import BadInput
from braid.provenance.formats import refuse_rubbish
from braid.store import save


def whole(path: Path) -> Path:
    """Write a good file of the kind that its suffix says."""
    if path.suffix == ".nc":
        save(path, xr.Dataset({"x": ("voxel", np.arange(5000.0))}))
    elif path.suffix == ".png":
        pixels = np.random.default_rng(0).integers(0, 255, (60, 60, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
    elif path.suffix == ".safetensors":
        save_file({"x": np.arange(500.0)}, path)
    elif path.suffix == ".json":
        path.write_text(json.dumps({"x": [1, 2, 3]}))
    else:
        path.write_text("x,y\n1,2\n")
    return path


KINDS = pytest.mark.parametrize("name", ["a.nc", "a.png", "a.safetensors", "a.json", "a.csv"])


@KINDS
def test_a_whole_file_is_accepted(name, tmp_path):
    refuse_rubbish(whole(tmp_path / name))


@pytest.mark.fault(5)
@KINDS
def test_an_empty_file_is_refused(name, tmp_path):
    (tmp_path / name).touch()
    with pytest.raises(BadInput, match=f"this is no {Path(name).suffix} file") as error:
        refuse_rubbish(tmp_path / name)
    assert error.value.file == str(tmp_path / name)


@pytest.mark.fault(5)
@pytest.mark.parametrize("name", ["a.nc", "a.png", "a.safetensors", "a.json"])
def test_half_a_file_and_zeros_are_refused(name, tmp_path):
    path = whole(tmp_path / name)
    half = path.read_bytes()[: path.stat().st_size // 2]
    for content in (half, bytes(100)):
        path.write_bytes(content)
        with pytest.raises(BadInput, match="this is no"):
            refuse_rubbish(path)


def test_folders_and_links_to_fetched_files_are_left_alone(tmp_path):
    (tmp_path / "folder.nc").mkdir()
    (tmp_path / "raw").write_text("not JSON")
    (tmp_path / "raw.json").symlink_to("raw")
    for name in ("folder.nc", "raw.json"):
        refuse_rubbish(tmp_path / name)
