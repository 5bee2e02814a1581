import hashlib
import subprocess
import sys

import pytest

from braid.errors import BadInput
from braid.sources import datalad
from braid.sources.tables import LockedFile

CONTENT = b"the first volume\n" * 100


@pytest.fixture
def dataset(published, git, tmp_path):
    return datalad.clone(str(published), git(published, "rev-parse", "HEAD"), tmp_path / "ds1")


def commit(git, published):
    git(published, "add", "--all")
    git(published, "commit", "--quiet", "-m", "next version")
    return git(published, "rev-parse", "HEAD")


def test_a_clone_is_at_the_commit_asked_for_without_content(published, git, tmp_path):
    first = git(published, "rev-parse", "HEAD")
    (published / "README").write_text("changed\n")
    commit(git, published)
    clone = datalad.clone(str(published), first, tmp_path / "ds1")
    assert datalad.head(clone) == first
    assert (clone / "README").read_text() == "in git\n"
    assert (clone / "bold.bin").is_symlink() and not (clone / "bold.bin").exists()


def test_a_clone_is_used_again_at_the_same_commit_only(dataset, published):
    (dataset / "bold.bin").unlink()  # a second clone would bring it back
    datalad.clone(str(published), datalad.head(dataset), dataset)
    assert not (dataset / "bold.bin").is_symlink()
    with pytest.raises(BadInput, match="expected 0000"):
        datalad.clone(str(published), "0" * 40, dataset)


def test_a_folder_inside_another_repository_is_not_taken_for_a_clone(published, git, tmp_path):
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "around it")
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput, match="no commit at all"):
        datalad.clone(str(published), git(published, "rev-parse", "HEAD"), tmp_path / "folder")


def test_content_is_fetched_and_resolved(dataset):
    file = datalad.get(dataset, "bold.bin")
    assert file.read_bytes() == CONTENT
    assert ".git/annex/objects" in str(file)


def test_a_file_in_git_is_given_as_it_is(dataset):
    assert datalad.get(dataset, "README") == (dataset / "README").resolve()


@pytest.mark.parametrize(("path", "content"), [("bold.bin", CONTENT), ("README", b"in git\n")])
def test_the_lock_is_checked(path, content, dataset):
    digest = hashlib.md5(content).hexdigest()
    right = LockedFile(path=path, bytes=len(content), algorithm="md5", digest=digest)
    datalad.get(dataset, path, right)
    for wrong in ({"bytes": 1}, {"digest": "0" * 32}):
        with pytest.raises(BadInput, match="the lock says"):
            datalad.get(dataset, path, right.model_copy(update=wrong))


def test_too_few_copies_elsewhere_are_no_fault_of_the_content(published, git, tmp_path):
    (published / ".gitattributes").write_text("* annex.numcopies=5\n")
    clone = datalad.clone(str(published), commit(git, published), tmp_path / "ds1")
    assert datalad.get(clone, "bold.bin").read_bytes() == CONTENT


def test_a_path_that_is_not_there_is_refused(dataset):
    with pytest.raises(BadInput, match="no such file"):
        datalad.get(dataset, "bold.nii.gz")


def test_parallel_jobs_share_one_clone(published, git, tmp_path):
    names = [f"run{i}.bin" for i in range(3)]
    for name in names:
        (published / name).write_bytes(name.encode() * 1000)
    git(published, "annex", "add", "--quiet", *names)
    job = (
        "import sys; from pathlib import Path; from braid.sources import datalad;"
        "datalad.get(datalad.clone(sys.argv[1], sys.argv[2], Path(sys.argv[3])), sys.argv[4])"
    )
    arguments = [str(published), commit(git, published), str(tmp_path / "ds1")]
    jobs = [subprocess.Popen([sys.executable, "-c", job, *arguments, n]) for n in names]
    assert [j.wait() for j in jobs] == [0, 0, 0]
    for name in names:
        assert (tmp_path / "ds1" / name).read_bytes() == name.encode() * 1000


def test_a_hook_of_another_repository_does_not_mislead(dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere.git"))
    assert len(datalad.head(dataset)) == 40
