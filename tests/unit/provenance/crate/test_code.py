"""The code in a crate is that of the commit that ran."""

import chains
import pytest
import toys

from braid.errors import BadInput
from braid.provenance.crate import code
from braid.provenance.repository import Repository
from braid.provenance.shelf import read
from braid.store import sha256

SCRIPT = "workflow/scripts/fit.py"


@pytest.fixture
def checkout(tmp_path):
    """A repository with one commit, and changes after it."""
    root = tmp_path / "checkout"
    (root / "workflow/scripts").mkdir(parents=True)
    (root / "Snakefile").write_text('include: "workflow/a.smk"\n')
    (root / "workflow/a.smk").write_text("rule a: ...\n")
    (root / SCRIPT).write_text("then = 1\n")
    toys.git(root, "init", "--quiet")
    toys.git(root, "add", "--all")
    toys.git(root, "commit", "--quiet", "-m", "then")
    return root


def record(tmp_path, checkout, digest, name="fit", dirty=False):
    commit = toys.git(checkout, "rev-parse", "HEAD")
    told = {"commit": commit, "dirty": dirty, "diff_sha256": None, "modules": {SCRIPT: digest}}
    return read(tmp_path / chains.write(tmp_path, name, "fit", code=told))


def test_files_are_as_they_were_when_the_job_ran(tmp_path, checkout):
    ran = record(tmp_path, checkout, sha256(checkout / SCRIPT))
    for path in ("Snakefile", "workflow/a.smk", SCRIPT):
        (checkout / path).write_text("now = 2\n")
    repository = Repository(checkout)
    found = {item.path: item.source for item in code.workflow(repository, ran)}
    assert found == {
        "Snakefile": b'include: "workflow/a.smk"\n',
        "workflow/a.smk": b"rule a: ...\n",
    }
    assert code.scripts(repository, [ran])[ran.path].source == b"then = 1\n"


def test_a_job_that_ran_from_uncommitted_code_has_the_checkout_s(tmp_path, checkout):
    (checkout / SCRIPT).write_text("now = 2\n")
    ran = record(tmp_path, checkout, sha256(checkout / SCRIPT), dirty=True)
    assert code.scripts(Repository(checkout), [ran])[ran.path].source == b"now = 2\n"


def test_a_script_that_nobody_has_any_more_is_only_named(tmp_path, checkout):
    ran = record(tmp_path, checkout, "0" * 64)
    item = code.scripts(Repository(checkout), [ran])[ran.path]
    assert (item.sha256, item.source) == ("0" * 64, None)
    assert item.why


def test_two_versions_of_a_script_do_not_stand_in_each_other_s_place(tmp_path, checkout):
    jobs = [record(tmp_path, checkout, digest * 64, digest) for digest in "001"]
    one, same, other = (code.scripts(Repository(checkout), jobs)[job.path].path for job in jobs)
    assert one == same == SCRIPT
    assert other == f"code/{'1' * 12}/{SCRIPT}"


def test_a_folder_without_a_snakefile_is_no_checkout(tmp_path, checkout):
    ran = record(tmp_path, checkout, "0" * 64)
    with pytest.raises(BadInput, match="Snakefile"):
        code.workflow(Repository(tmp_path), ran)
