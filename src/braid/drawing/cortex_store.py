"""A pycortex filestore inside the results: one checked, complete folder per subject."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
from nibabel.nifti1 import Nifti1Image

from braid.datasets.fsaverage5 import HEMISPHERES, SPACE
from braid.drawing.template import write_template
from braid.errors import BadInput

HEIGHT = 768  # pixels of a flatmap; part of the names of pycortex's caches
SURFACES = ("flat", "inflated", "pia", "wm")


def use_filestore(folder: Path) -> ModuleType:
    """Return pycortex with `folder` as its filestore, untouched by and not touching the user's own.

    Parameters
    ----------
    folder
        Holds one folder per subject, as `build` made them.
    """
    cortex = _cortex()
    cortex.db.filestore = str(folder.resolve())
    cortex.db.reload_subjects()
    # pycortex remembers surfaces by subject alone: another store's would be served
    cortex.db._memocache = {}
    return cortex


def build(files: Mapping[str, Path], subject: str, folder: Path) -> None:
    """Make `folder/subject` from a subject's published pycortex files, checked, with warm caches.

    A subject without such files is drawn on fsaverage5, which is made instead, once for all.

    pycortex writes its caches without locks or atomic names; filling them here lets any number of
    drawing jobs read the store at once.

    Parameters
    ----------
    files
        Role to file; each path holds `subject` as a folder, and what follows is its place in the
        store: `surfaces/{flat,inflated,pia,wm}_{lh,rh}.gii` (or npz),
        `transforms/<name>/{matrices.xfm,reference.nii.gz,mask_thick.nii.gz}`, and optionally
        `surface-info/curvature.npz` and `overlays.svg`, the outlines of regions.
    subject
        Name of the subject.
    folder
        The filestore. `folder/subject` appears only when it is complete.

    Raises
    ------
    BadInput
        When a file is missing, is another subject's, or does not fit the others.
    """
    if files:
        with _added(folder, subject) as made:
            for source in files.values():
                _copy(source, made / _place(source, subject))
    elif not (folder / SPACE).exists():
        with _added(folder, SPACE) as made:
            write_template(made)


@contextmanager
def _added(folder: Path, subject: str) -> Iterator[Path]:
    """Yield a folder for a subject's files, which joins the store when they are checked."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=folder) as staging:
        made = Path(staging) / subject
        yield made
        _require_surfaces(made)
        _warm(use_filestore(Path(staging)), made)
        shutil.rmtree(folder / subject, ignore_errors=True)
        made.rename(folder / subject)


@cache
def _cortex() -> ModuleType:
    """Import pycortex: it writes a configuration at import, and remarks on stdout."""
    with tempfile.TemporaryDirectory() as config, _config_home(config), redirect_stdout(sys.stderr):
        import cortex
    return cortex


@contextmanager
def _config_home(folder: str) -> Iterator[None]:
    before = os.environ.get("XDG_CONFIG_HOME")
    os.environ["XDG_CONFIG_HOME"] = folder
    try:
        yield
    finally:
        del os.environ["XDG_CONFIG_HOME"]
        if before is not None:
            os.environ["XDG_CONFIG_HOME"] = before


def _place(source: Path, subject: str) -> Path:
    """Where a file belongs in the subject's folder: what follows the subject in its path."""
    parts = source.parts
    if subject not in parts:
        raise BadInput(
            source, "subject", f"is not a file of {subject}", f"pass the files of {subject}"
        )
    last = len(parts) - 1 - parts[::-1].index(subject)
    return Path(*parts[last + 1 :])


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _require_surfaces(made: Path) -> None:
    for name in (f"{surface}_{side}" for surface in SURFACES for side in HEMISPHERES):
        if not any(
            (made / "surfaces" / name).with_suffix(kind).exists() for kind in (".gii", ".npz")
        ):
            raise BadInput(
                f"pycortex-db/{made.name}/surfaces", name, "surface missing", "fetch it as well"
            )


def _warm(cortex: ModuleType, made: Path) -> None:
    from cortex.quickflat.utils import get_flatcache

    subject = made.name
    vertices = _check_surfaces(cortex, subject)
    with redirect_stdout(sys.stderr):
        _check_curvature(made, vertices)
        cortex.db.get_surfinfo(subject)
        get_flatcache(subject, None, height=HEIGHT)
        for transform in sorted((made / "transforms").iterdir()):
            _check_transform(transform)
            get_flatcache(subject, transform.name, height=HEIGHT)
            cortex.get_mapper(subject, transform.name, "line_nearest")


def _check_surfaces(cortex: ModuleType, subject: str) -> int:
    """Vertices of both hemispheres, the same in each surface."""
    total = 0
    for side in HEMISPHERES:
        counts = {name: len(cortex.db.get_surf(subject, name, side)[0]) for name in SURFACES}
        if len(set(counts.values())) > 1:
            raise BadInput(
                f"pycortex-db/{subject}/surfaces",
                side,
                f"surfaces of different vertex counts {counts}",
                "take all surfaces from one release of one subject",
            )
        total += counts["flat"]
    return total


def _check_curvature(made: Path, vertices: int) -> None:
    """Published curvature must fit; where there is none, pycortex computes it."""
    path = made / "surface-info" / "curvature.npz"
    if not path.exists():
        return
    with np.load(path, allow_pickle=False) as sides:
        values = sum(sides[side].size for side in ("left", "right"))
    if values != vertices:
        raise BadInput(
            f"pycortex-db/{made.name}/surface-info/curvature.npz",
            "left, right",
            f"{values} values for {vertices} vertices",
            "take it from the release that the surfaces are from",
        )


def _check_transform(transform: Path) -> None:
    mask, reference = (
        Nifti1Image.from_filename(transform / name).shape
        for name in ("mask_thick.nii.gz", "reference.nii.gz")
    )
    if mask != reference:
        raise BadInput(
            f"{transform.name}/mask_thick.nii.gz",
            "shape",
            f"{mask}, but reference.nii.gz has {reference}",
            "take both from one transform of one subject",
        )
