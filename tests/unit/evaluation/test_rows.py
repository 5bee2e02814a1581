"""Recordings brought together, or refused."""

import numpy as np
import pytest
from toys import VOXELS

from braid.errors import BadInput
from braid.evaluation.rows import join_recordings


def test_recordings_of_another_subject_are_refused(responses):
    other = responses.isel(voxel=slice(0, 10)).assign_attrs(recording="other")
    with pytest.raises(BadInput, match="10 voxels, 30 in all"):
        join_recordings([responses, other])


def test_a_voxel_masked_in_one_recording_is_masked_in_all(responses):
    first = responses.isel(tr=slice(0, 120))
    second = responses.isel(tr=slice(120, None)).copy(deep=True)
    second["bold"].values[:, 7] = np.nan
    bold = join_recordings([first, second])["bold"].values
    assert np.isnan(bold[:, [0, 7, VOXELS - 1]]).all()
    assert np.isfinite(np.delete(bold, [0, 7, VOXELS - 1], axis=1)).all()
