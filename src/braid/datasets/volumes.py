"""Volumes that travel inside the archive of a package."""

import gzip
from pathlib import Path

import nibabel as nib

from braid.sources.archives import read_member


def read_volume(archive: Path, member: str) -> nib.Nifti1Image:
    """Read a `.nii.gz` member of an archive, without writing it to disk.

    Raises
    ------
    BadInput
        When the archive or the member cannot be read.
    """
    return nib.Nifti1Image.from_bytes(gzip.decompress(read_member(archive, member)))
