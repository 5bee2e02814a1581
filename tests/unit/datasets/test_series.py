"""Series of volumes: opened without reading, masked, refused when damaged."""

import nibabel as nib
import numpy as np
import pytest
from nilearn.masking import apply_mask, compute_epi_mask

from braid.datasets.series import brain_mask, open_series, under_mask
from braid.errors import BadInput


@pytest.fixture
def series(tmp_path):
    values = np.random.default_rng(0).uniform(0, 5, (12, 13, 14, 6))
    values[3:9, 3:9, 3:9] += 500
    path = tmp_path / "bold.nii.gz"
    nib.save(nib.Nifti1Image(values.astype(np.float32), np.diag([4, 4, 4, 1])), path)
    return path


def test_it_is_opened_without_being_read(series):
    with open_series(series) as image:
        assert image.shape == (12, 13, 14, 6)
        assert not image.in_memory


def test_voxels_under_the_mask_are_those_of_nilearn(series):
    image = nib.load(series)
    mask = compute_epi_mask(image)
    read = under_mask(image, brain_mask(image))
    assert read.dims == ("tr", "voxel")
    np.testing.assert_array_equal(read, apply_mask(image, mask).astype(np.float32))
    index = np.stack([read[axis].to_numpy() for axis in "ijk"])
    np.testing.assert_array_equal(index, np.nonzero(np.asarray(mask.dataobj)))
    assert read.attrs["shape"] == [12, 13, 14]
    np.testing.assert_array_equal(np.reshape(read.attrs["affine"], (4, 4)), image.affine)


def test_damage_that_shows_while_reading_is_named(series):
    series.write_bytes(series.read_bytes()[:-4000])
    with (
        pytest.raises(BadInput, match=r"bold\.nii\.gz: file: not readable"),
        open_series(series) as image,
    ):
        image.get_fdata()


def test_what_is_no_volume_is_refused(tmp_path):
    path = tmp_path / "bold.nii.gz"
    path.write_bytes(b"no volume")
    with pytest.raises(BadInput, match="not readable as NIfTI"), open_series(path):
        pass
