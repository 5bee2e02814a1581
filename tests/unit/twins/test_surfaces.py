"""Simulated subjects: surfaces, volume and planted regions belong together."""

import numpy as np
import pytest
from nibabel.affines import apply_affine

from braid.twins.ds003020 import surfaces


@pytest.fixture(scope="module")
def subject() -> surfaces.Subject:
    return surfaces.make_subject(1, 6.0)


def test_subjects_are_not_interchangeable(subject: surfaces.Subject) -> None:
    other = surfaces.make_subject(2, 6.0)
    mine, theirs = (s.meshes["pia", "lh"][0] for s in (subject, other))
    assert np.linalg.norm(mine - theirs, axis=1).mean() > 0.5
    assert subject.mask.sum() != other.mask.sum()
    assert not np.array_equal(subject.magnet, other.magnet)


def test_regions_have_a_ceiling_and_nothing_else_has(subject: surfaces.Subject) -> None:
    planted = subject.region != "none"
    assert set(subject.region) == {"none", "language", "auditory"}
    assert subject.ceiling[~planted].max() == 0
    assert subject.ceiling[planted].min() >= surfaces.EDGE_CEILING
    assert subject.ceiling[planted].max() <= surfaces.CENTRE_CEILING
    assert 0.05 < planted.mean() < 0.25


@pytest.mark.parametrize(
    ("place", "region"),
    [
        ((-57, -40, 4), "language"),
        ((57, -40, 4), "language"),
        ((-50, 24, 12), "language"),
        ((50, -18, 7), "auditory"),
        ((-10, -90, 0), "none"),
        ((30, -30, 60), "none"),
    ],
)
def test_regions_lie_where_they_are_said_to(
    subject: surfaces.Subject, place: tuple[int, int, int], region: str
) -> None:
    scale = 0.98  # of subject 1
    scanner = apply_affine(subject.magnet, scale * np.array(place))
    voxel = apply_affine(np.linalg.inv(subject.affine), scanner)
    nearest = np.argmin(np.linalg.norm(np.argwhere(subject.mask)[:, ::-1] - voxel, axis=1))
    assert subject.region[nearest] == region
