"""A repository of its own with the tiny workflow in it, which tests may run, change and attack."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import toys

ROOT = Path(__file__).parents[1]
FIGURE = "figures/toy/map.png"


def build(folder: Path) -> Path:
    """Copy the library as it is now, and the tiny workflow; commit all."""
    shutil.copytree(ROOT / "tests/tiny", folder)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "envs").mkdir()
    for name in ("envs/run.lock", "CITATION.cff", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    (folder / ".gitignore").write_text("/.cache\n/.snakemake/\n/logs\n/results\n__pycache__/\n")
    toys.git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    return folder


def commit(folder: Path) -> str:
    """Commit everything and give the commit."""
    toys.git(folder, "add", "--all")
    toys.git(folder, "commit", "--quiet", "-m", "a state")
    return toys.git(folder, "rev-parse", "HEAD")


def snakemake(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Snakemake in the repository, with the library that lies in it."""
    return _run(folder, "-m", "snakemake", "--cores", "2", *words, **environment)


def braid(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of BRAID in the repository, with the library that lies in it."""
    return _run(folder, "-c", "from braid.cli.app import main; main()", *words, **environment)


def laptop(folder: Path) -> str:
    """Make a PATH with this Python's programs and a few others; no Slurm, wherever tests run."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("bash", "git", "which"):
        if not (folder / name).exists():
            (folder / name).symlink_to(str(shutil.which(name)))
    return f"{Path(sys.executable).parent}{os.pathsep}{folder}"


def _run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def made(folder: Path, *words: str, **environment: str) -> Path:
    """Run Snakemake and give the folder of results."""
    run = snakemake(folder, *words, **environment)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "results"


def started(folder: Path, said: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start Snakemake and go on; what it says goes into a file, which outlives it."""
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *words]
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    with said.open("wb") as file:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=file, stderr=file)
