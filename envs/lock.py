"""Resolve a requirements file into a lock: `python envs/lock.py run` writes envs/run.lock."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def resolve(name: str) -> list[str]:
    """Ask pip what it would install into an empty environment, as `name==version` lines."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    report = subprocess.run(
        [*command, "--report", "-", "-r", f"{name}.in"],
        cwd=HERE,
        stdout=subprocess.PIPE,
        check=True,
    )
    found = [item["metadata"] for item in json.loads(report.stdout)["install"]]
    # A local label (+cpu, +cu130) names one build of a version; the lock pins the version.
    pins = [f"{item['name']}=={item['version'].partition('+')[0]}" for item in found]
    return sorted(pins, key=str.lower)


if __name__ == "__main__":
    lines = resolve(sys.argv[1])
    (HERE / f"{sys.argv[1]}.lock").write_text("\n".join(lines) + "\n", encoding="utf-8")
