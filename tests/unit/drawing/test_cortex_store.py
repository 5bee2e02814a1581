"""The filestore is checked, complete, ours alone."""

import os
import subprocess
import sys

import nibabel as nib
import numpy as np
import pytest

from braid.drawing import cortex_store
from braid.errors import BadInput


def copies(subject, folder):
    """The subject's published files, copied so that a test may spoil one."""
    made = {}
    for role, path in subject.files.items():
        made[role] = folder / subject.name / role
        made[role].parent.mkdir(parents=True, exist_ok=True)
        made[role].write_bytes(path.read_bytes())
    return made


def test_drawing_from_the_store_writes_nothing(subject):
    before = {path: path.stat().st_mtime_ns for path in subject.filestore.rglob("*")}
    cortex = cortex_store.use_filestore(subject.filestore)
    data = cortex.Volume.random(subject.name, subject.transform)
    cortex.quickflat.utils.make_flatmap_image(data, height=cortex_store.HEIGHT)
    cortex.get_mapper(subject.name, subject.transform, "line_nearest")
    assert {path: path.stat().st_mtime_ns for path in subject.filestore.rglob("*")} == before


def test_another_subjects_file_is_refused(subject, tmp_path):
    files = copies(subject, tmp_path)
    with pytest.raises(BadInput, match="is not a file of UTS02"):
        cortex_store.build(files, "UTS02", tmp_path / "store")
    assert list((tmp_path / "store").iterdir()) == []


def test_a_missing_surface_is_named(subject, tmp_path):
    files = copies(subject, tmp_path)
    del files["surfaces/flat_rh.gii"]
    with pytest.raises(BadInput, match="flat_rh: surface missing"):
        cortex_store.build(files, subject.name, tmp_path / "store")


def test_surfaces_of_different_sizes_are_refused(subject, tmp_path):
    files = copies(subject, tmp_path)
    cortex = cortex_store.use_filestore(subject.filestore)
    points, faces = cortex.db.get_surf(subject.name, "pia", "lh")
    path = files["surfaces/pia_lh.gii"]
    cortex.formats.write_gii(str(path), pts=np.vstack([points, points[:1]]), polys=faces)
    with pytest.raises(BadInput, match=r"lh: surfaces of different vertex counts.*10243"):
        cortex_store.build(files, subject.name, tmp_path / "store")


def test_curvature_of_another_surface_is_refused(subject, tmp_path):
    files = copies(subject, tmp_path)
    np.savez(files["surface-info/curvature.npz"], left=np.zeros(5), right=np.zeros(5))
    with pytest.raises(BadInput, match="10 values for 20484 vertices"):
        cortex_store.build(files, subject.name, tmp_path / "store")


def test_a_mask_of_another_grid_is_refused(subject, tmp_path):
    files = copies(subject, tmp_path)
    path = files[f"transforms/{subject.transform}/mask_thick.nii.gz"]
    nib.save(nib.Nifti1Image(np.ones((3, 4, 5), np.uint8), np.eye(4)), path)
    with pytest.raises(BadInput, match=r"\(3, 4, 5\), but reference.nii.gz has"):
        cortex_store.build(files, subject.name, tmp_path / "store")
    assert list((tmp_path / "store").iterdir()) == []


def test_import_leaves_home_and_stdout_alone(tmp_path):
    code = "from pathlib import Path; from braid.drawing.cortex_store import use_filestore as use;"
    code += "print(use(Path('.')).db.filestore)"
    env = {**os.environ, "HOME": str(tmp_path), "MPLCONFIGDIR": str(tmp_path / "matplotlib")}
    env.pop("XDG_CONFIG_HOME", None)
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.split("\n") == [str(tmp_path), ""]
    assert {path.name for path in tmp_path.iterdir()} <= {"matplotlib"}
