"""Facts about code, software and machine, as they are at this moment."""

import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
from datetime import datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_info

from braid.provenance.digests import ROOT
from braid.provenance.repository import CODE
from braid.provenance.schema import Code, Machine, Software
from braid.store import atomic, sha256

# Never the whole environment: it may hold tokens.
ENV = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "CUDA_VISIBLE_DEVICES",
    "CUBLAS_WORKSPACE_CONFIG",
    "PYTHONHASHSEED",
    "SLURM_JOB_ID",
    "SLURM_JOB_PARTITION",
)
# Where the modules and scripts of this repository are.
CODED = (f"{ROOT}/src/", f"{ROOT}/workflow/")
KEPT = ROOT / ".cache" / "distributions"


def code_state() -> Code:
    """Commit, uncommitted changes, and the script and first-party modules in use."""
    how = ("--porcelain=v2", "--branch", "--untracked-files=all", "--ignore-submodules=none")
    head, *changes = (_git("status", *how, "--", *CODE) or "# branch.oid (none)").splitlines()
    changes = [line for line in changes if not line.startswith("#")]
    diff = _git("diff", "HEAD", "--binary", "--", *CODE) if changes else None
    commit = head.rpartition(" ")[2]
    return Code(
        commit=None if commit.startswith("(") else commit,
        dirty=bool(changes),
        diff_sha256=hashlib.sha256(diff.encode()).hexdigest() if diff else None,
        modules=_modules(),
    )


def software() -> Software:
    """Versions of Python, of every imported distribution, and of the BLAS kernels."""
    tops = {name.partition(".")[0] for name in sys.modules}
    names = {dist for top in tops for dist in _distributions().get(top, ())}
    fields = ("internal_api", "version", "architecture", "num_threads", "threading_layer")
    return Software(
        python=platform.python_version(),
        packages={name: metadata.version(name) for name in sorted(names)},
        blas=[{field: pool.get(field) for field in fields} for pool in threadpool_info()],
    )


def machine() -> Machine:
    """Host, platform, cores, device and allow-listed environment."""
    return Machine(
        host=platform.node(),
        platform=platform.platform(),
        cpus=os.cpu_count() or 1,
        device=_device(),
        env={name: os.environ[name] for name in ENV if name in os.environ},
    )


def usage(started: datetime, seconds: float) -> dict[str, Any]:
    """Time and memory that this process has taken."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "started": started.isoformat(),
        "seconds": round(seconds, 3),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
        "peak_rss_bytes": used.ru_maxrss * 1024,
    }


def _device() -> str:
    torch = sys.modules.get("torch")
    return torch.cuda.get_device_name() if torch and torch.cuda.is_available() else "cpu"


def _modules() -> dict[str, str]:
    """Digest the script, and every file of this repository that is imported right now."""
    names = {getattr(module, "__file__", None) or "" for module in [*sys.modules.values()]}
    # Snakemake calls a script by a path with dots in it.
    ours = sorted({Path(name).resolve() for name in names if name.startswith(CODED)})
    return {str(path.relative_to(ROOT)): sha256(path) for path in ours}


@cache
def _distributions() -> dict[str, list[str]]:
    """Module to the distributions that bring it, kept: to ask takes half a second of each job."""
    installed = sorted(p.name for place in sys.path for p in Path(place).glob("*.dist-info"))
    kept = KEPT / f"{hashlib.sha256(repr(installed).encode()).hexdigest()[:16]}.json"
    if not kept.exists():
        with atomic(kept) as partial:
            partial.write_text(json.dumps(metadata.packages_distributions()), encoding="utf-8")
    return json.loads(kept.read_text(encoding="utf-8"))


def _git(*words: str) -> str | None:
    """Ask git; None where there is no repository."""
    run = subprocess.run(
        ["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False
    )
    return run.stdout.strip() if run.returncode == 0 else None
