"""Fetched volumes that are cut or flipped afterwards: the job that reads them refuses."""

import gzip
from pathlib import Path
from types import SimpleNamespace

import nibabel as nib
import numpy as np
import pytest
from toys import Named

from braid.provenance import recorded

VALUES = np.random.default_rng(0).integers(0, 1000, (8, 8, 8, 30)).astype(np.int16)


def job(rule, inputs, outputs, folder):
    return SimpleNamespace(
        rule=rule,
        threads=1,
        input=Named(inputs),
        output=Named(outputs),
        params=Named(),
        wildcards=Named(),
        resources=Named(),
        log=[str(folder / f"{rule}.log")],
        config={},
    )


@pytest.fixture(params=["bold.nii", "bold.nii.gz"])
def fetched(request, tmp_path):
    """Give a volume that a job is on record to have written, and the job that reads it."""
    volume = tmp_path / "fetch" / request.param
    made = {"file": str(volume), "prov": f"{volume}.prov.json"}
    with recorded(job("fetch", {}, made, tmp_path)):
        volume.parent.mkdir()
        nib.save(nib.Nifti1Image(VALUES, np.eye(4)), volume)
    out = {"responses": str(tmp_path / "y.txt"), "prov": str(tmp_path / "y.prov.json")}
    return volume, job("respond", {"bold": str(volume)}, out, tmp_path)


def refused(reader) -> None:
    with pytest.raises(SystemExit), recorded(reader):
        raise AssertionError("it was read")
    said = Path(reader.log[0]).read_text()
    assert f"{reader.input['bold']}: sha256: " in said
    assert f"make it again: snakemake --force {reader.input['bold']}" in said


@pytest.mark.fault(27)
def test_a_flipped_bit_that_readers_do_not_notice_is_refused(fetched):
    volume, reader = fetched
    content = bytearray(volume.read_bytes())
    content[-20] ^= 1
    volume.write_bytes(content)
    # nibabel gives a slice of either without a word.
    assert nib.load(volume).dataobj[..., 0].shape == (8, 8, 8)
    refused(reader)


@pytest.mark.fault(26)
def test_a_volume_cut_in_half_whose_first_slices_are_read_is_refused(fetched):
    volume, reader = fetched
    volume.write_bytes(volume.read_bytes()[: volume.stat().st_size // 2])
    opened = gzip.open if volume.suffix == ".gz" else open
    with opened(volume, "rb") as file:
        assert len(file.read(1000)) == 1000
    refused(reader)
