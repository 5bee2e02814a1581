"""One output cache for a laboratory: several users fill and use it, and nobody else."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import tinyrepo

GROUP, ADA, BOB, STRANGER = 20_000, 20_001, 20_002, 30_000
# Root lets users read what root may, so that Python is within reach.
READING = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
SNAKEMAKE = (sys.executable, "-m", "snakemake", "--cores", "1", "--cache", "fit")
AUDIT = (sys.executable, "-c", "from braid.cli.app import main; main()", "audit", "--no-since")

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may act for several users")


def acting(user, group, *command, **options):
    """Command of a user who has no other group."""
    who = ("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups")
    return subprocess.Popen([*who, *command], stderr=subprocess.PIPE, text=True, **options)


def of_the_lab(user, checkout, store, *command):
    environment = os.environ | {
        "PYTHONPATH": str(checkout / "src"),
        "SNAKEMAKE_OUTPUT_CACHE": str(store),
        "HOME": str(checkout),
        "LOGNAME": str(user),
        "XDG_CACHE_HOME": str(checkout / ".cache"),
    }
    return acting(user, GROUP, *READING, *command, cwd=checkout, env=environment)


def checkout_of(user, repo, folder):
    """A copy that is the user's own."""
    copy = shutil.copytree(repo, folder / str(user))
    for path in (copy, *copy.rglob("*")):
        os.chown(path, user, GROUP, follow_symlinks=False)
    return copy


@pytest.fixture(scope="module")
def shared():
    """Give a folder that every user reaches; folders of pytest are root's alone."""
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def lab(shared):
    """Give a store that two users filled at the same time, and their checkouts."""
    store = shared / "store"
    store.mkdir()
    os.chown(store, 0, GROUP)
    store.chmod(0o2770)
    repo = tinyrepo.build(shared / "repo")
    checkouts = {user: checkout_of(user, repo, shared) for user in (ADA, BOB)}
    runs = [of_the_lab(user, at, store, *SNAKEMAKE) for user, at in checkouts.items()]
    said = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    return store, checkouts


@pytest.mark.fault(18)
def test_users_share_what_either_made(lab):
    store, checkouts = lab
    fits = [
        at / f"results/public/fit/means/{part}.nc" for at in checkouts.values() for part in "01"
    ]
    assert {fit.resolve().parent for fit in fits} == {store}
    assert len({fit.resolve() for fit in fits}) == 2
    owners = {path.stat().st_uid for path in store.iterdir()}
    assert owners <= {ADA, BOB}


@pytest.mark.parametrize("user", [ADA, BOB])
def test_figures_from_the_store_are_verified_whoever_filled_it(lab, user):
    store, checkouts = lab
    figure = f"results/public/{tinyrepo.FIGURE}"
    audit = of_the_lab(user, checkouts[user], store, *AUDIT, figure)
    said = audit.communicate()[1]
    assert audit.returncode == 0, said


@pytest.mark.fault(19)
def test_nobody_else_reads_or_changes_an_entry(lab):
    """Entries are writable for all, as Snakemake makes them: the folder must keep others out."""
    store, _ = lab
    entry = next(store.glob("*_scores.nc"))
    for command in (("cat", str(entry)), ("tee", "--append", str(entry))):
        stranger = acting(STRANGER, STRANGER, *command, stdin=subprocess.DEVNULL)
        assert "Permission denied" in stranger.communicate()[1]
