"""Attacks on the code that runs, and on the history that it comes from."""

import pytest
import tinyrepo
import toys

pytestmark = pytest.mark.attack

CHANGE = "\nTHRESHOLD = 0.5\n"


@pytest.fixture
def again(repo):
    """Run the last step again, after something was changed."""

    def run(*words):
        tinyrepo.made(repo, "--force", f"results/public/{tinyrepo.FIGURE}", *words)

    return run


def append(path, text=CHANGE):
    path.write_text(path.read_text() + text)


@pytest.mark.fault(14)
def test_code_that_was_not_committed(repo, figure, codes, again):
    append(repo / "src/braid/drawing/style.py")
    again()
    assert codes(figure) == {"RAN_UNCOMMITTED", "SOURCE_NOT_IN_COMMIT"}


def test_code_that_git_does_not_know(repo, figure, codes, again):
    (repo / "src/braid/extra.py").write_text('"""New."""\n')
    again()
    assert codes(figure) == {"RAN_UNCOMMITTED"}


@pytest.mark.fault(14)
def test_a_change_that_git_was_told_not_to_see(repo, figure, codes, again):
    toys.git(repo, "update-index", "--assume-unchanged", "src/braid/drawing/style.py")
    append(repo / "src/braid/drawing/style.py")
    again()
    assert codes(figure) == {"SOURCE_NOT_IN_COMMIT"}


def test_a_submodule_that_was_changed(repo, figure, codes, again, tmp_path):
    other = tmp_path / "other"
    toys.git(tmp_path, "init", "--quiet", "other")
    (other / "tool.py").write_text('"""A tool."""\n')
    tinyrepo.commit(other)
    allowed = ("-c", "protocol.file.allow=always")
    toys.git(repo, *allowed, "submodule", "--quiet", "add", str(other), "src/other")
    toys.git(repo, "config", "-f", ".gitmodules", "submodule.src/other.ignore", "all")
    tinyrepo.commit(repo)
    again()
    assert codes(figure) == set()
    append(repo / "src/other/tool.py")
    again()
    assert codes(figure) == {"RAN_UNCOMMITTED"}


def test_a_history_that_was_rewritten(repo, figure, codes):
    toys.git(repo, "commit", "--quiet", "--amend", "-m", "another past")
    toys.git(repo, "reflog", "expire", "--expire=now", "--all")
    toys.git(repo, "gc", "--quiet", "--prune=now")
    assert codes(figure) == {"COMMIT_GONE"}


def test_without_the_commit_its_files_are_compared_with_those_here(repo, figure):
    from braid.provenance.audit import audit

    def said():
        [finding] = audit(figure, repo / "results").findings
        return finding.text

    test_a_history_that_was_rewritten(repo, figure, lambda file: {"COMMIT_GONE"})
    assert "others:" not in said()
    append(repo / "workflow/scripts/fit.py")
    assert "others: workflow/scripts/fit.py" in said()


def test_a_commit_that_was_replaced_by_another(repo, figure, codes):
    old = toys.git(repo, "rev-parse", "HEAD")
    append(repo / "workflow/scripts/fit.py")
    new = tinyrepo.commit(repo)
    toys.git(repo, "replace", old, new)
    assert codes(figure) == set()


def test_a_table_that_is_not_in_the_commit(repo, figure, codes):
    toys.git(repo, "update-index", "--assume-unchanged", "resources/table.tsv")
    append(repo / "resources/table.tsv", "V2\t1\n")
    tinyrepo.made(repo)
    assert codes(figure) == {"INPUT_CHANGED"}
