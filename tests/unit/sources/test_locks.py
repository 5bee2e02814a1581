"""Locks, against what the files themselves say."""

import hashlib
import subprocess
import time

import pytest
import toys

from braid.errors import BadInput
from braid.sources import locks
from braid.sources.tables import LockedFile, load_lock
from braid.twins import annex

EVERYTHING = ["*"]
IN_GIT = {"README": b"in git\n", "deep/er/lengths.json": b'{"story": 12}', "empty.tsv": b""}
ANNEXED = {
    "func/sub 01/a blank.hf5": b"responses" * 99,
    "func/voxelize[surf=pia].nii.gz": b"volume",
    "stimuli/story.wav": b"sound",
    "stimuli/no_extension": b"words",
    "stimuli/été.wav": b"summer",
}


@pytest.fixture(scope="module", params=["MD5E", "SHA256E"])
def data(request, tmp_path_factory):
    """A data set with files in git, annexed files, and one unlocked file; and its hash."""
    folder = tmp_path_factory.mktemp("locks") / "ds1"
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("HOME", str(folder.parent))
        with annex.dataset(folder, "content", request.param) as inside:
            _fill(inside, IN_GIT | ANNEXED)
        toys.git(folder, "annex", "unlock", "--quiet", "stimuli/story.wav")
        toys.git(folder, "commit", "--quiet", "--all", "--message", "one file unlocked")
    return folder, request.param.removesuffix("E").lower()


def _fill(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _row(path, content, algorithm):
    digest = hashlib.new(algorithm, content).hexdigest()
    return LockedFile(path=path, bytes=len(content), algorithm=algorithm, digest=digest)


def _expected(algorithm):
    rows = [_row(path, content, "sha256") for path, content in IN_GIT.items()]
    rows += [_row(path, content, algorithm) for path, content in ANNEXED.items()]
    return sorted(rows, key=lambda row: row.path)


def _without_housekeeping(rows):
    return [row for row in rows if not row.path.startswith((".datalad", ".git"))]


def test_a_lock_is_what_the_files_themselves_say(data):
    folder, algorithm = data
    assert toys.git(folder, "show", "HEAD:stimuli/story.wav").startswith("/annex/objects/")
    assert _without_housekeeping(locks.of_repository(folder, EVERYTHING)) == _expected(algorithm)


def test_a_tree_without_content_is_enough(data, tmp_path):
    folder, algorithm = data
    toys.git(folder, "bundle", "create", "--quiet", f"{tmp_path}/ds1.bundle", "main")
    for source, *bare in [(folder,), (folder, "--bare"), (tmp_path / "ds1.bundle", "--bare")]:
        clone = tmp_path / "-".join([source.name, *bare])
        toys.git(tmp_path, "clone", "--quiet", *bare, str(source), str(clone))
        assert not list(clone.rglob("annex/objects"))
        found = locks.of_repository(clone, EVERYTHING, "main")
        assert _without_housekeeping(found) == _expected(algorithm)


def test_patterns_choose_whole_paths(data):
    def paths(*patterns):
        return [file.path for file in locks.of_repository(data[0], patterns)]

    assert paths("func/*") == ["func/sub 01/a blank.hf5", "func/voxelize[surf=pia].nii.gz"]
    assert paths("*.json", "README") == ["README", "deep/er/lengths.json"]
    assert paths("stimuli/s*.wav", "*/story.*") == ["stimuli/story.wav"]
    assert paths("*/voxelize[[]surf=pia].*") == ["func/voxelize[surf=pia].nii.gz"]
    assert paths("story.wav", "Readme") == paths() == []


def test_each_commit_has_its_own_lock(published, git):
    first = git(published, "rev-parse", "HEAD")
    (published / "README").write_text("changed\n")
    git(published, "commit", "--quiet", "--all", "--message", "second version")
    assert locks.of_repository(published, ["README"], first) == [
        _row("README", b"in git\n", "sha256")
    ]
    assert locks.of_repository(published, ["README"]) == [_row("README", b"changed\n", "sha256")]


def test_a_data_set_inside_is_no_file(published, git):
    commit = git(published, "rev-parse", "HEAD")
    git(published, "update-index", "--add", "--cacheinfo", f"160000,{commit},sourcedata")
    git(published, "commit", "--quiet", "--message", "a data set inside")
    assert [file.path for file in locks.of_repository(published, EVERYTHING)] == [
        "README",
        "bold.bin",
    ]


@pytest.mark.parametrize("backend", ["WORM", "URL", "SHA512E", "SHA1"])
def test_a_key_that_no_lock_can_hold_is_refused_by_path(backend, published, git):
    (published / "func").mkdir()
    if backend == "URL":
        address = "http://localhost/loose.bin"
        git(published, "annex", "addurl", "--relaxed", "--quiet", "--file=func/a b.bin", address)
    else:
        (published / "func/a b.bin").write_bytes(b"content")
        git(published, "-c", f"annex.backend={backend}", "annex", "add", "--quiet", "func/a b.bin")
    git(published, "commit", "--quiet", "--message", "one more")
    with pytest.raises(BadInput, match=backend) as error:
        locks.of_repository(published, EVERYTHING)
    assert error.value.file == "ds1/func/a b.bin"
    assert "SHA256E" in error.value.cure
    assert [file.path for file in locks.of_repository(published, ["bold.bin"])] == ["bold.bin"]


def test_a_link_to_another_file_is_refused(published, git):
    (published / "alias.bin").symlink_to("bold.bin")
    git(published, "add", "alias.bin")
    git(published, "commit", "--quiet", "--message", "an alias")
    with pytest.raises(BadInput, match="not to an annex key") as error:
        locks.of_repository(published, EVERYTHING)
    assert error.value.file == "ds1/alias.bin"


def test_what_is_no_repository_or_has_no_such_commit_is_refused(published, tmp_path):
    (tmp_path / "plain").mkdir()
    for folder, commit in [(tmp_path / "plain", "HEAD"), (published, "0" * 40)]:
        with pytest.raises(BadInput, match=f"cannot list {commit}"):
            locks.of_repository(folder, EVERYTHING, commit)


def test_thousands_of_files_take_two_processes(tmp_path):
    toys.git(tmp_path, "init", "--quiet", "--bare", "many.git")
    entries = "".join(_entry(number) for number in range(4_000))
    stream = f"commit refs/heads/main\ncommitter a <a@b> 0 +0000\ndata 0\n{entries}".encode()
    (tmp_path / "stream").write_bytes(stream)
    with (tmp_path / "stream").open() as stdin:
        subprocess.run(
            ["git", "fast-import", "--quiet"], cwd=tmp_path / "many.git", stdin=stdin, check=True
        )
    start = time.monotonic()
    found = locks.of_repository(tmp_path / "many.git", EVERYTHING, "main")
    assert time.monotonic() - start < 5
    assert [file.bytes for file in found] == list(range(4_000))


def _entry(number):
    key = f"MD5E-s{number}--{hashlib.md5(b'%d' % number).hexdigest()}.nii.gz"
    link = f"../.git/annex/objects/aa/bb/{key}/{key}"
    return f"M 120000 inline sub/{number:04d}.nii.gz\ndata {len(link)}\n{link}\n"


def test_plain_files_are_locked_by_sha256(tmp_path):
    files = IN_GIT | ANNEXED
    _fill(tmp_path, files)
    expected = [_row(path, files[path], "sha256") for path in sorted(files)]
    assert locks.of_folder(tmp_path, EVERYTHING) == locks.of_data(tmp_path) == expected
    assert [file.path for file in locks.of_folder(tmp_path, ["*.json"])] == ["deep/er/lengths.json"]


def test_a_data_set_here_is_locked_by_its_repository(data):
    assert locks.of_data(data[0]) == locks.of_repository(data[0], EVERYTHING)


def test_a_bucket_is_locked_as_far_as_its_listing_tells(tmp_path):
    _fill(tmp_path, ANNEXED)
    found = locks.of_bucket(str(tmp_path), ["stimuli/*"])
    assert [(f.path, f.bytes) for f in found] == [
        (path, len(ANNEXED[path])) for path in sorted(ANNEXED) if path.startswith("stimuli/")
    ]


def test_a_lock_is_read_back_as_it_was_written(data, tmp_path):
    files = [*locks.of_repository(data[0], EVERYTHING), LockedFile(path="z/open.hdf5", bytes=7)]
    files += [LockedFile(path='"quoted" it\'s', algorithm="etag", digest=f"{'0' * 32}-12")]
    locks.write(tmp_path / "new/ds1.tsv", reversed(files))
    assert load_lock(tmp_path / "new/ds1.tsv") == {file.path: file for file in files}
    text = (tmp_path / "new/ds1.tsv").read_bytes().decode()
    header, *rows = text.removesuffix("\n").split("\n")
    assert header == "path\tbytes\talgorithm\tdigest\tplace"
    assert rows == sorted(rows)
    assert "z/open.hdf5\t7\tn/a\tn/a\tn/a" in rows
    assert "\r" not in text


def test_a_lock_that_cannot_be_written_leaves_the_old_one(tmp_path):
    old = [LockedFile(path="a", bytes=1)]
    locks.write(tmp_path / "ds1.tsv", old)
    with pytest.raises(ValueError, match="broken off"):
        locks.write(tmp_path / "ds1.tsv", _broken_off())
    assert list(load_lock(tmp_path / "ds1.tsv").values()) == old
    assert [path.name for path in tmp_path.iterdir()] == ["ds1.tsv"]


def _broken_off():
    yield LockedFile(path="b", bytes=2)
    raise ValueError("broken off")


def test_differences_are_told_in_words(tmp_path):
    old = [_row("kept", b"same", "md5"), _row("gone", b"old", "md5"), LockedFile(path="open")]
    now = [_row("kept", b"same", "md5"), _row("new", b"", "md5"), _row("open", b"ab", "sha256")]
    digest = hashlib.sha256(b"ab").hexdigest()
    assert locks.differences({file.path: file for file in old}, now) == [
        "missing: gone",
        "added: new: 0 bytes, md5 d41d8cd98f00b204e9800998ecf8427e",
        f"changed: open: unknown size, no digest, now 2 bytes, sha256 {digest}",
    ]
    assert locks.differences({file.path: file for file in now}, now) == []
