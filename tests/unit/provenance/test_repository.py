"""What git says of a commit, and that nothing else is taken for it."""

import hashlib

import pytest
import toys

from braid.provenance.repository import Repository


@pytest.fixture
def checkout(tmp_path):
    toys.git(tmp_path, "init", "--quiet")
    (tmp_path / "a.py").write_text("first\n")
    toys.git(tmp_path, "add", ".")
    toys.git(tmp_path, "commit", "--quiet", "-m", "one")
    return tmp_path


def test_a_file_is_as_its_commit_holds_it(checkout):
    first = toys.git(checkout, "rev-parse", "HEAD")
    (checkout / "a.py").write_text("second\n")
    asked = Repository(checkout)
    assert asked.head == first
    assert asked.has(first)
    assert asked.blob(first, "a.py") == b"first\n"
    assert asked.digest(first, "a.py") == hashlib.sha256(b"first\n").hexdigest()
    assert asked.digest(first, "b.py") is None


def test_a_replaced_commit_still_shows_what_it_held(checkout):
    first = toys.git(checkout, "rev-parse", "HEAD")
    (checkout / "a.py").write_text("second\n")
    toys.git(checkout, "commit", "--quiet", "-a", "-m", "two")
    toys.git(checkout, "replace", first, toys.git(checkout, "rev-parse", "HEAD"))
    assert Repository(checkout).blob(first, "a.py") == b"first\n"


def test_outside_of_git_no_commit_is_known(tmp_path):
    asked = Repository(tmp_path)
    assert asked.head is None
    assert not asked.has("0" * 40)
    assert asked.digest("0" * 40, "a.py") is None
