"""Spoilt, hostile and edited data sets under git-annex."""

import gzip
import os
import socket

import pytest
import toyclones

from braid.errors import BadInput
from braid.sources import commands, datalad

CONTENT = b"the first volume\n" * 100


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    toyclones.hurry(monkeypatch)


@pytest.fixture
def dataset(published, tmp_path):
    return toyclones.clone(published, tmp_path)


@pytest.mark.fault(21, recovers=True)
def test_a_flipped_bit_is_found_and_the_content_fetched_again(dataset):
    toyclones.spoil(datalad.get(dataset, "bold.bin"))
    assert datalad.get(dataset, "bold.bin").read_bytes() == CONTENT
    assert len(list((dataset / ".git" / "annex" / "bad").iterdir())) == 1


@pytest.mark.fault(21)
def test_a_flipped_bit_without_another_copy_is_refused(dataset, published):
    toyclones.spoil(datalad.get(dataset, "bold.bin"))
    published.rename(published.with_name("away"))
    with pytest.raises(BadInput, match="no copy can be had"):
        datalad.get(dataset, "bold.bin")
    assert not (dataset / "bold.bin").exists()


@pytest.mark.fault(26, recovers=True)
def test_a_volume_cut_in_half_is_found_and_fetched_again(published, tmp_path):
    volume = gzip.compress(os.urandom(5000))
    toyclones.add(published, {"bold.nii.gz": volume})
    dataset = toyclones.clone(published, tmp_path)
    half = datalad.get(dataset, "bold.nii.gz")
    half.chmod(0o644)
    half.write_bytes(volume[:2500])
    assert datalad.get(dataset, "bold.nii.gz").read_bytes() == volume


@pytest.mark.fault(23)
def test_content_spoilt_at_its_source_is_refused_with_key_and_place(dataset, published):
    toyclones.spoil((published / "bold.bin").resolve())
    with pytest.raises(BadInput) as error:
        datalad.get(dataset, "bold.bin")
    assert "what came does not match the key" in str(error.value)
    assert f"[origin] {published}\n" in str(error.value)
    assert "SHA256E-s1700--" in str(error.value)
    assert not (dataset / "bold.bin").exists()
    toyclones.spoil((published / "bold.bin").resolve())
    assert datalad.get(dataset, "bold.bin").read_bytes() == CONTENT


@pytest.mark.fault(25)
@pytest.mark.parametrize("backend", ["WORM", "URL"])
def test_a_key_without_a_hash_is_refused(backend, published, git, tmp_path):
    if backend == "WORM":
        (published / "loose.bin").write_bytes(CONTENT)
        git(published, "-c", "annex.backend=WORM", "annex", "add", "--quiet", "loose.bin")
    else:
        url = "http://localhost/loose.bin"
        git(published, "annex", "addurl", "--relaxed", "--quiet", "--file=loose.bin", url)
    dataset = toyclones.clone(published, tmp_path)
    with pytest.raises(BadInput, match="hold no hash"):
        datalad.get(dataset, "loose.bin")


@pytest.mark.fault(25)
@pytest.mark.parametrize("scheme", ["file", "http"])
def test_addresses_of_this_machine_in_a_data_set_are_not_followed(
    scheme, published, serve, tmp_path
):
    (tmp_path / "bait").mkdir()
    (tmp_path / "bait" / "bold.bin").write_bytes(CONTENT)
    place = f"file://{tmp_path}/bait" if scheme == "file" else serve(tmp_path / "bait")
    toyclones.move_to_web(published, "bold.bin", f"{place}/bold.bin")
    dataset = toyclones.clone(published, tmp_path)
    with pytest.raises(BadInput, match="no copy can be had") as error:
        datalad.get(dataset, "bold.bin")
    assert f"{place}/bold.bin" in str(error.value)


@pytest.mark.fault(40)
def test_a_link_that_leads_out_of_the_data_set_is_refused(published, tmp_path):
    (tmp_path / "private").write_text("private")
    (published / "bold.wav").symlink_to(tmp_path / "private")
    dataset = toyclones.clone(published, tmp_path)
    with pytest.raises(BadInput, match="leads out"):
        datalad.get(dataset, "bold.wav")


def test_a_file_edited_in_the_clone_is_refused(dataset):
    (dataset / "README").write_text("edited\n")
    with pytest.raises(BadInput, match="changed in the clone"):
        datalad.get(dataset, "README")


@pytest.fixture
def unlocked(dataset, git):
    """Give a clone in which text stands for the content of `bold.bin`."""
    git(dataset, "switch", "--quiet", "main")
    git(dataset, "annex", "adjust", "--unlock", "--quiet")
    assert b"/annex/objects/" in (dataset / "bold.bin").read_bytes()
    return dataset


@pytest.mark.fault(24, recovers=True)
def test_text_that_stands_for_content_is_replaced_by_it(unlocked):
    for _ in range(2):
        assert datalad.get(unlocked, "bold.bin").read_bytes() == CONTENT


@pytest.mark.fault(24)
def test_text_that_stands_for_content_that_cannot_be_had_is_refused(unlocked, published):
    published.rename(published.with_name("away"))
    with pytest.raises(BadInput, match="no copy can be had"):
        datalad.get(unlocked, "bold.bin")


@pytest.mark.parametrize("source", ["absent", "published"])
def test_a_clone_that_fails_leaves_nothing(source, published, tmp_path):
    place = published if source == "published" else tmp_path / source
    with pytest.raises(BadInput, match=r"does not exist|has no commit"):
        datalad.clone(str(place), "0" * 40, tmp_path / "new" / "ds1")
    assert [p.name for p in (tmp_path / "new").iterdir()] == [".ds1.lock"]


@pytest.mark.fault(22)
def test_a_server_that_says_nothing_is_given_up(empty_home, tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "_STALL", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/ds1"
        with pytest.raises(BadInput, match="nothing arrived for 2 s"):
            datalad.clone(address, "0" * 40, tmp_path / "ds1")
