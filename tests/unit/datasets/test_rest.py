"""Series of parcels: of planted archives, and of geometry that is known."""

import gzip
import zipfile

import nibabel as nib
import numpy as np
import pytest
from nibabel.affines import apply_affine

from braid.datasets.ds003020.places import places_files, read_places, template_places
from braid.datasets.fsaverage5 import HEMISPHERES, mesh
from braid.datasets.rest import brainspace, connattractor
from braid.datasets.rest.parcels import a424, a424_cortex, parcellate
from braid.errors import BadInput
from braid.twins.ds003020 import filestore, surfaces

RUN = "brainspace/datasets/preprocessing/sub-010188_ses-02_task-rest_acq-AP_run-01"


def test_a424_has_its_parcels_in_order():
    """360 of cortex, right before left; the others are below it or near the middle."""
    centres = a424()
    assert centres.shape == (424, 3) and len({tuple(row) for row in centres}) == 424
    assert (centres[:180, 0] > 0).all() and (centres[180:360, 0] < 0).all()
    assert len(a424_cortex()) == 360 and (centres[403:, 2] < -20).all()


def test_voxels_go_to_the_nearest_centre_within_reach():
    places = np.array([[0, 0, 0], [2, 0, 0], [9, 0, 0], [40, 0, 0], [1, 0, 0]], float)
    bold = np.array([[1.0, 3, 5, 7, np.nan], [2, 4, 6, 8, 9]])
    centres = np.array([[0, 0, 0], [10, 0, 0], [0, 90, 0]], float)
    found = parcellate(bold, places, centres, radius=15)
    np.testing.assert_allclose(found.bold, [[2, 5], [3, 6]])
    assert found.kept.tolist() == [0, 1] and found.voxels.tolist() == [2, 1]
    nearer = parcellate(bold, places, centres, radius=1.5)
    np.testing.assert_allclose(nearer.bold, [[1, 5], [2, 6]])


def test_vertices_that_are_nowhere_and_confounds_are_left_out(tmp_path):
    """A parcel's vertices hold its own course and a confound; the first half of them are zero."""
    rng = np.random.default_rng(0)
    courses, confound = rng.normal(size=(40, 360)), rng.normal(size=40)
    archive = tmp_path / "brainspace.whl"
    with zipfile.ZipFile(archive, "w") as wheel:
        for hemi in HEMISPHERES:
            points, _ = mesh("pia", hemi)
            distance = np.linalg.norm(points[:, None] - a424_cortex(), axis=2)
            bold = courses[:, distance.argmin(axis=1)] + 5 * confound[:, None]
            bold[:, ::2] = 0
            image = nib.MGHImage(bold.T[:, None, None].astype(np.float32), np.eye(4))
            wheel.writestr(f"{RUN}.fsa5.{hemi}.mgz", gzip.compress(image.to_bytes()))
        wheel.writestr(f"{RUN}_confounds.txt", "\n".join(f"{value:.12f}" for value in confound))
    (series,) = brainspace.read(archive)
    assert series.tr == 1.4 and len(series.xyz) == series.bold.shape[1] > 350
    kept = [a424_cortex().tolist().index(place) for place in series.xyz.tolist()]
    design = np.stack([confound, np.ones(40), np.arange(40)], axis=1)
    left = courses - design @ np.linalg.lstsq(design, courses, rcond=None)[0]
    np.testing.assert_allclose(series.bold, left[:, kept], atol=1e-4)


def test_recordings_of_a_subject_and_centres_of_regions(tmp_path):
    """Region 1 has 2 voxels on the left and 1 on the right, region 2 two on the right."""
    labels = np.zeros((5, 3, 3), np.int16)
    labels[[0, 1, 4], [0, 2, 0], 0] = 1
    labels[3:, 2, 2] = 2
    affine = np.array([[2, 0, 0, -5], [0, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1.0]])
    atlas = gzip.compress(nib.Nifti1Image(labels, affine).to_bytes())
    archive = tmp_path / "connattractor.whl"
    folder = "resources/ex_timeseries_task"
    names = ("sub-02_ts.txt", "sub-01_ts_run_03.tsv", "sub-02_FD.txt", "_extract_timeseries32.tsv")
    with zipfile.ZipFile(archive, "w") as wheel:
        wheel.writestr("resources/MIST122_relabeled.nii.gz", atlas)
        for i, name in enumerate(names):
            wheel.writestr(f"{folder}/{name}", f"GlobSig\tA\tA\n9\t{i}\t1\n9\t2\t3\n")
    series = connattractor.read(archive)
    assert [recording.subject for recording in series] == ["sub-01", "sub-02"]
    np.testing.assert_array_equal(series[1].bold, [[0, 1], [2, 3]])
    np.testing.assert_allclose(series[0].xyz, [[-4, 2, 0], [2, 4, 4]])
    assert series[0].tr == 2.0


@pytest.mark.parametrize("suffix", [".gii", ".npz"])
def test_a_subject_that_is_the_template_moved_and_stretched_is_found_again(tmp_path, suffix):
    """The twin is fsaverage5, scaled, in a tilted scanner: the truth is known."""
    twin = surfaces.make_subject(3, 8.0)
    roles = {role: path.rsplit("UTS03/", 1)[1] for role, path in places_files("UTS03").items()}
    roles = {role: path.replace(".gii", suffix) for role, path in roles.items()}
    filestore.write(tmp_path, roles.values(), twin)
    files = {role: tmp_path / path for role, path in roles.items()}
    found = read_places(files, "UTS03")
    scanner = apply_affine(twin.affine, np.argwhere(twin.mask)[:, ::-1])
    truth = apply_affine(np.linalg.inv(twin.magnet), scanner) / (0.97 + 0.01 * 3)
    np.testing.assert_allclose(found, truth, atol=1e-3)


def test_boxes_are_matched_per_axis():
    rng = np.random.default_rng(0)
    template = rng.normal(size=(50, 3))
    own = template * [1.1, 0.9, 2] + [5, -3, 8]
    np.testing.assert_allclose(template_places(own[:5], own, template), template[:5])


def test_damaged_surfaces_and_matrices_are_named(tmp_path):
    twin = surfaces.make_subject(1, 12.0)
    roles = {role: path.rsplit("UTS01/", 1)[1] for role, path in places_files("UTS01").items()}
    filestore.write(tmp_path, roles.values(), twin)
    files = {role: tmp_path / path for role, path in roles.items()}
    files["pia_rh"].write_text("no surface")
    with pytest.raises(BadInput, match="pia_rh"):
        read_places(files, "UTS01")
    files["xfm"].write_text("{}")
    with pytest.raises(BadInput, match="UTS01"):
        read_places(files, "UTS01")
