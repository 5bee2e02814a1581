#!/usr/bin/env python3
"""`squeue` and `sacct`: their answers to the executor lack no job, and name no state unknown to it.

Both names are links to this file, found first on the PATH of a run. The executor, which is
snakemake-executor-plugin-slurm 2.8.0, waits for ever on a job that squeue has forgotten (MinJobAge
after its end), on one that was preempted, and on "CANCELLED by UID", which is what sacct says.
Here a forgotten job is looked up in the accounts; one that these do not know either is UNKNOWN,
which the executor takes for done, so that Snakemake looks for its output. All other questions go
to Slurm as they are.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# What the executor asks for the jobs of its run, and nobody else would.
QUESTIONS: Mapping[str, set[str]] = {
    "squeue": {"--format=%i|%T", "--states=all", "--name"},
    "sacct": {"--format=JobIdRaw,State", "--parsable2", "--name"},
}
# States that end a job, and that the executor does not know as such.
ENDED = {"PREEMPTED": "FAILED", "REVOKED": "FAILED"}


def real(name: str) -> str:
    """The program that would be called without this one, and without that of another checkout.

    A checkout may hold copies in place of links.
    """
    folders = os.environ["PATH"].split(os.pathsep)
    others = [folder for folder in folders if not Path(folder, "answers.py").exists()]
    return shutil.which(name, path=os.pathsep.join(others)) or f"/usr/bin/{name}"


def ask(name: str, words: list[str]) -> subprocess.CompletedProcess[str]:
    """Put a question to Slurm."""
    return subprocess.run([real(name), *words], capture_output=True, text=True, check=False)


def rows(answer: str) -> dict[str, str]:
    """Job to state."""
    pairs = (line.split("|", 1) for line in answer.splitlines() if "|" in line)
    return {job: state.split()[0] for job, state in pairs}


def forgotten(run: str, known: set[str]) -> list[str]:
    """Jobs that an earlier answer had, and this one has not; later ones remember these, too."""
    seen = Path(".snakemake/slurm", f"{run}.jobs")
    before = set(seen.read_text().split()) if seen.exists() else set()
    seen.parent.mkdir(parents=True, exist_ok=True)
    partial = seen.with_suffix(".partial")
    partial.write_text("\n".join(sorted(before | known)))
    partial.replace(seen)
    return sorted(before - known)


def accounts(jobs: list[str]) -> dict[str, str]:
    """States that the accounts know; none while they do not answer."""
    words = ["-X", "--noheader", "--parsable2", "--format=JobIDRaw,State", "--jobs", ",".join(jobs)]
    answer = ask("sacct", words)
    if answer.returncode and "disabled" not in answer.stderr:
        return {}
    return dict.fromkeys(jobs, "UNKNOWN") | rows(answer.stdout)


def main() -> int:
    """Answer the executor, or be Slurm."""
    name, words = Path(sys.argv[0]).name, sys.argv[1:]
    if not QUESTIONS[name] <= set(words):
        os.execv(real(name), [name, *words])  # noqa: S606
    answer = ask(name, words)
    sys.stderr.write(answer.stderr)
    if answer.returncode:
        return answer.returncode
    states = rows(answer.stdout)
    missing = forgotten(words[words.index("--name") + 1], set(states))
    if missing:
        states |= accounts(missing)
    for job, state in states.items():
        print(f"{job}|{ENDED.get(state, state)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
