"""Content that no known place gives: the way out, and the error that lists what is missing."""

import pytest
import servers
import toyclones

from braid.errors import BadInput
from braid.sources import datalad
from braid.sources.tables import LockedFile

CONTENT = b"the first volume\n" * 100


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    toyclones.hurry(monkeypatch)


@pytest.fixture
def dataset(published, tmp_path):
    """Give a clone of a data set whose published place is gone."""
    runs = {f"sub/run{number}.bin": bytes(1000 + number) for number in range(3)}
    toyclones.add(published, {**runs, "other/run.bin": bytes(5000)})
    dataset = toyclones.clone(published, tmp_path)
    published.rename(published.with_name("away"))
    return dataset


@pytest.fixture
def bucket(tmp_path):
    folder = tmp_path / "bucket" / "ds1"
    folder.mkdir(parents=True)
    (folder / "bold.bin").write_bytes(CONTENT)
    return folder


def left_over(dataset):
    return [path.name for path in dataset.parent.iterdir() if path.name.startswith(".arriving")]


def test_a_folder_of_plain_files_is_the_way_out(dataset, bucket, git):
    file = datalad.get(dataset, "bold.bin", way_out=str(bucket))
    assert file.read_bytes() == CONTENT
    assert ".git/annex/objects" in str(file)
    assert git(dataset, "annex", "find", "--in=here") == "bold.bin"
    assert (bucket / "bold.bin").exists()
    assert not left_over(dataset)


def test_a_bucket_on_the_web_is_the_way_out_and_is_not_asked_twice(dataset, bucket):
    with servers.files_of(bucket) as web:
        for _ in range(2):
            assert datalad.get(dataset, "bold.bin", way_out=web.url).read_bytes() == CONTENT
        assert [method for method, _, _ in web.asked].count("GET") == 1


@pytest.mark.fault(23)
@pytest.mark.parametrize("wrong", [b"too short", CONTENT.swapcase()])
def test_a_wrong_file_at_the_way_out_is_refused_and_does_not_stay(wrong, dataset, bucket):
    (bucket / "bold.bin").write_bytes(wrong)
    with pytest.raises(BadInput, match=f"{bucket}: is {len(wrong)} bytes"):
        datalad.get(dataset, "bold.bin", way_out=str(bucket))
    assert not (dataset / "bold.bin").exists()
    assert not left_over(dataset)


def test_a_lock_does_not_let_in_what_the_key_refuses(dataset, bucket):
    wrong = CONTENT.swapcase()
    (bucket / "bold.bin").write_bytes(wrong)
    locked = LockedFile(path="bold.bin", bytes=len(wrong), algorithm="sha256", digest="0" * 64)
    with pytest.raises(BadInput, match="no copy can be had"):
        datalad.get(dataset, "bold.bin", locked, str(bucket))


def test_a_way_out_is_not_asked_for_what_a_known_place_has(published, tmp_path):
    dataset = toyclones.clone(published, tmp_path)
    assert datalad.get(dataset, "bold.bin", way_out="nowhere://").read_bytes() == CONTENT


def test_one_error_says_all_that_is_missing_and_its_cure_works(dataset, published, bucket, caplog):
    caplog.set_level("INFO")
    datalad.get(dataset, "bold.bin", way_out=str(bucket))
    with pytest.raises(BadInput) as error:
        datalad.get(dataset, "sub/run1.bin", way_out=str(bucket))
    said = str(error.value)
    assert said.startswith("ds1/sub/run1.bin: content: no copy can be had that matches its key (")
    assert "(1,001 bytes, SHA256E-s1001--" in said
    assert f"\n  {bucket}: " in said
    assert said.endswith(
        "\n  missing with it under sub: 2 other files of 2,002 bytes"
        "\n    sub/run0.bin (1,000 bytes)"
        "\n    sub/run2.bin (1,002 bytes)"
        "\n  cure: check network and disk, or name a copy of the data set in the configuration, "
        "mirrors: {ds1: <path or url>}; what is here already stays"
    )
    assert (dataset / "bold.bin").exists()
    elsewhere = published.with_name("away")
    datalad.clone(str(elsewhere), datalad.head(dataset), dataset)
    assert datalad.get(dataset, "sub/run1.bin").read_bytes() == bytes(1001)


def test_a_long_list_is_cut_and_what_another_place_has_is_not_in_it(published, git, tmp_path):
    toyclones.add(published, {f"sub/run{n}.bin": n.to_bytes(100) for n in range(24)})
    toyclones.commit(published)
    mirror = tmp_path / "mirror"
    git(tmp_path, "clone", "--quiet", str(published), str(mirror))
    git(mirror, "annex", "init", "--quiet")
    git(mirror, "annex", "get", "--quiet", "sub/run1.bin")
    toyclones.move_to_web(published, "sub/run2.bin", "https://localhost:9/run2.bin")
    dataset = toyclones.clone(published, tmp_path)
    datalad.clone(str(mirror), datalad.head(dataset), dataset)
    published.rename(published.with_name("away"))
    with pytest.raises(BadInput) as error:
        datalad.get(dataset, "sub/run0.bin")
    said = str(error.value)
    assert "missing with it under sub: 21 other files of 2,100 bytes\n" in said
    assert said.count("(100 bytes)") == 20
    assert "\n    and 1 more\n" in said
    assert not {"sub/run1.bin", "sub/run2.bin"} & set(said.split())
    assert datalad.get(dataset, "sub/run1.bin").read_bytes() == (1).to_bytes(100)


@pytest.mark.fault(44)
def test_secrets_stay_out_of_messages_logs_and_clones(published, bucket, monkeypatch, caplog):
    caplog.set_level("DEBUG")
    monkeypatch.setenv("MIRROR_TOKEN", "CANARY-42")
    place = published.rename(published.with_name("CANARY-42"))
    toyclones.move_to_web(
        place, "bold.bin", "https://user:CANARY-43@localhost:9/bold.bin?CANARY-42"
    )
    commit = datalad.head(place)
    dataset = datalad.clone(str(place), commit, bucket.parents[1] / "ds1")
    (bucket / "bold.bin").unlink()
    way_out = bucket.rename(bucket.with_name("CANARY-42"))
    with pytest.raises(BadInput) as error:
        datalad.get(dataset, "bold.bin", way_out=str(way_out))
    assert "known copy: web https://***@localhost:9/bold.bin?***" in str(error.value)
    assert "CANARY" not in str(error.value) + caplog.text
