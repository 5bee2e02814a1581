"""Memory and speed of the `respond` job on files of the real size: `bench_respond.py FOLDER`.

Writes some stories of one subject of ds003020, the largest file (2.5 GB) among them, and brings
each into its form for fits in a fresh process, as Snakemake does. Run by hand, not by pytest.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import h5py
import nibabel as nib
import numpy as np

from braid.datasets import ds003020
from braid.datasets.responses import standardise
from braid.store import save

SUBJECT = "UTS03"
STORIES = ("sweetaspie", "fromboyhoodtofatherhood", "wheretheressmoke")  # shortest, long, largest
GRID = (84, 84, 54)


def size(story: str) -> int:
    """Bytes of a story's responses as published, and its repeats."""
    rows, voxels, repeats = ds003020.shape("public", SUBJECT, story)
    return 8 * rows * voxels * (1 if repeats == 1 else 1 + repeats)


def paths(folder: Path, story: str) -> dict[str, Path]:
    return {r: folder / path for r, path in ds003020.response_files(SUBJECT, story).items()}


def generate(folder: Path, story: str) -> None:
    """Write a story's files as they are published, a TR at a time."""
    files = paths(folder, story)
    for path in files.values():
        path.parent.mkdir(parents=True, exist_ok=True)
    rows, voxels, repeats = ds003020.shape("public", SUBJECT, story)
    lengths = {name: ds003020.shape("public", SUBJECT, name).rows + 20 for name in STORIES}
    files["respdict"].write_text(json.dumps(lengths))
    files["transforms"].write_text(json.dumps({SUBJECT: f"{SUBJECT}_auto"}))
    mask = (np.arange(np.prod(GRID)) < voxels).astype(np.uint8).reshape(GRID)
    nib.save(nib.Nifti1Image(mask, np.eye(4)), files["mask"])
    rng = np.random.default_rng(0)
    shapes = {"data": (rows, voxels)}
    if repeats > 1:
        shapes["individual_repeats"] = (repeats, rows, voxels)
    with h5py.File(files["bold"], "w") as file:
        for key, shape in shapes.items():
            array = file.create_dataset(key, shape, float)
            for index in np.ndindex(shape[:-1]):
                array[index] = rng.standard_normal(voxels)


def respond(folder: Path, story: str) -> None:
    """Do what the job does, and say what it took."""
    started = time.perf_counter()
    data = ds003020.read_responses(paths(folder, story), SUBJECT, story)
    save(folder / f"{story}.nc", standardise(data, ds003020.CLEANING))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": time.perf_counter() - started, "peak": peak}))


def main(folder: Path) -> None:
    taken = 0.0
    peaks = []
    for story in STORIES:
        generate(folder, story)
        command = [sys.executable, __file__, str(folder), story]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        found = json.loads(done.stdout)
        taken += found["seconds"]
        peaks.append(found["peak"])
        print(
            f"{SUBJECT} {story}: {size(story) / 1e9:.2f} GB, peak {found['peak'] / 1e9:.2f} GB, "
            f"{found['seconds']:.0f} s, {size(story) / 1e6 / found['seconds']:.0f} MB/s"
        )
    speed = sum(map(size, STORIES)) / taken
    whole = sum(map(size, ds003020.recordings("public", SUBJECT)))
    print(
        f"all of {SUBJECT}: {whole / 1e9:.1f} GB in {len(ds003020.recordings('public', SUBJECT))} "
        f"jobs, none larger than the last: {whole / speed / 60:.0f} min one after another, "
        f"peak {max(peaks) / 1e9:.2f} GB"
    )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        respond(Path(sys.argv[1]), sys.argv[2])
    else:
        main(Path(sys.argv[1]))
