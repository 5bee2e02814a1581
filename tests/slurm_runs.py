"""Runs of Snakemake on the cluster, with the house's profile but for how long it waits."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
# The profile waits for hours of jobs on slow disks; here jobs take seconds.
SHORTER = {
    "latency-wait": "5",
    "slurm-init-seconds-before-status-checks": "3",
    "max-status-checks-per-second": "0.5",
}
PARTITIONS = """\
partitions:
  cpu: {max_runtime: 1-00:00:00, max_threads: 8, max_mem_mb: 16000}
  gpu: {max_runtime: 1-00:00:00, max_threads: 8, max_mem_mb: 16000, max_gpu: 1}
"""


class Started(NamedTuple):
    """A job, as it said itself when it started."""

    at: float
    rule: str
    attempt: int
    job: str


def shorten(folder: Path) -> None:
    """Fit the profile of a folder to the test cluster, where jobs take seconds."""
    (folder / "profiles/slurm/partitions.yaml").write_text(PARTITIONS)
    config = folder / "profiles/slurm/config.yaml"
    text = config.read_text()
    for key, value in SHORTER.items():
        text, found = re.subn(rf"(?m)^({key}:) [^ \n]+", rf"\1 {value}", text)
        assert found == 1, key
    config.write_text(text)


def build(folder: Path) -> Path:
    """Make a folder with the faulty workflow, the profile and the guards of the house."""
    shutil.copytree(ROOT / "tests/slurm/faulty", folder)
    (folder / "workflow/rules").mkdir()
    shutil.copy(ROOT / "workflow/rules/slurm.smk", folder / "workflow/rules")
    (folder / "logs/slurm").mkdir(parents=True)
    shutil.copytree(ROOT / "profiles/slurm", folder / "profiles/slurm", symlinks=True)
    (folder / "slurm").symlink_to("profiles/slurm")
    shorten(folder)
    return folder


class Run:
    """Snakemake, started in a folder with `--profile slurm`."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.log = folder / f"run{len(list(folder.glob('run*.txt')))}.txt"
        command = [sys.executable, "-m", "snakemake", "--profile", "slurm", *words]
        with self.log.open("w") as log:
            # In the background of a shell an interrupt is ignored, and so it would be here.
            self.process = subprocess.Popen(
                ["env", "--default-signal=INT", *command],
                cwd=folder,
                env=environment(folder),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def jobs(self) -> list[Started]:
        """Jobs that have started, in order."""
        path = self.folder / "jobs.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        words = [line.split() for line in lines]
        return [Started(float(w[0]), w[1], int(w[-2]), w[-1]) for w in words]

    def started(self, count: int = 1) -> list[Started]:
        """Wait until so many jobs have started."""
        wait(lambda: len(self.jobs()) >= count, f"{count} jobs to start", self)
        return self.jobs()

    def end(self, seconds: float = 300) -> int:
        """Wait for the end, and give the exit code."""
        return self.process.wait(seconds)

    def kill(self) -> None:
        """Kill Snakemake, and nothing that it started on the cluster."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def said(self) -> str:
        """What it has printed."""
        return self.log.read_text()


def environment(folder: Path) -> dict[str, str]:
    """Ours, with the tools of this Python first, as in an activated environment."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return os.environ | {"PATH": path, "XDG_CACHE_HOME": str(folder / ".cache")}


def run(folder: Path, *words: str, seconds: float = 300) -> Run:
    """Run to the end, which must be a good one."""
    one = Run(folder, *words)
    assert one.end(seconds) == 0, one.said()
    return one


def wait(true: Callable[[], object], what: str, run: Run | None = None, seconds: int = 90) -> None:
    """Wait until something holds."""
    for _ in range(5 * seconds):
        if true():
            return
        time.sleep(0.2)
    raise AssertionError(f"waited in vain for {what}\n{run.said() if run else ''}")


def ask(*words: str) -> str:
    """Ask Slurm something."""
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def state(job: str) -> str:
    """State of a job in the accounts, its first word; none before they know it."""
    said = ask("sacct", "-X", "--noheader", "--parsable2", "--format=State", f"--jobs={job}")
    return said.partition(" ")[0]


def queued(folder: Path) -> list[str]:
    """Jobs of a folder that wait or run."""
    rows = ask("squeue", "--noheader", "--format=%A|%Z").splitlines()
    return [row.partition("|")[0] for row in rows if row.partition("|")[2] == str(folder)]
