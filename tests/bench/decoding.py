"""Features of pictures from responses: many more targets than voxels, BRAID against himalaya."""

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from bench.measure import Bench, Measured, Side, peak, ratio, stopwatch
from bench.sides import HIMALAYA_BATCHES
from bench.table import Row, seconds
from sklearn.preprocessing import StandardScaler

from braid.evaluation.decoding import average_repeats, grouped_folds
from braid.evaluation.recordings import open_recordings
from braid.evaluation.regression.decode import decode
from braid.fitting import BLOCK, RidgeEngine
from braid.fitting.engine.memory import Shape, peak_bytes
from braid.store import Shards, load, save
from braid.study.pictures import Regress

TITLE = "Decoding of picture features: 7 penalties, 5 folds, a penalty per feature"
FOLDS, PENALTIES = 5, 7
# Those of Takagi & Nishimoto 2023, nearly none, and as many that matter.
ALPHAS = {
    "1e-6 to 1": np.logspace(-6, 0, PENALTIES).tolist(),
    "1 to 1e6": np.logspace(0, 6, PENALTIES).tolist(),
}
SHOWN, HIDDEN = 3, 40  # trials of a picture; dimensions that features share
TESTED = 100  # pictures
# Training trials, voxels, features; repeats of either side.
SIZES = {"small": ((300, 60, 900), 1), "full": ((2000, 500, 8192), 3)}
# Takagi & Nishimoto 2023, subject 1: training trials, voxels of `ventral`, c; test pictures.
STUDY, STUDY_TESTED = (24_980, 7_604, 59_136), 982
LIMIT = 16  # GB


def rows(bench: Bench) -> list[Row]:
    """Time and memory of one decoder, and what a whole study takes."""
    (trials, voxels, features), repeats = SIZES[bench.size]
    folder = str(bench.folder / "decoding")
    bench.measure(make, folder=folder, trials=trials, voxels=voxels, features=features)
    where = f"{trials:,} trials of {voxels:,} voxels, {features:,} features"
    found = [_compared(bench, where, folder, repeats, penalties) for penalties in ALPHAS]
    return [row for part in found for row in part] + [_whole_memory()]


def _compared(bench: Bench, where: str, folder: str, repeats: int, penalties: str) -> list[Row]:
    given = {"folder": folder, "alphas": ALPHAS[penalties]}
    sides = {"braid": Side(braid, given, repeats), "himalaya": Side(himalaya, given, repeats)}
    runs = bench.alternate(sides)
    pieces = bench.measure(compressed, **given)["pieces"]
    return [
        _speed(where, penalties, runs),
        _memory(where, penalties, runs),
        _whole_speed(penalties, pieces, bench.machine["sgemm"]["cpu"]),
    ]


def make(folder: str, trials: int, voxels: int, features: int) -> Measured:
    """Write a session, and features of its pictures that voxels carry and that go together."""
    path, rng = Path(folder), np.random.default_rng(trials)
    path.mkdir(parents=True)
    pictures = -(-trials // SHOWN)
    shown = np.concatenate(
        [np.arange(pictures).repeat(SHOWN)[:trials], pictures + np.arange(TESTED)]
    )
    order = rng.permutation(len(shown))
    hidden = rng.standard_normal((pictures + TESTED, HIDDEN))
    code, spread = rng.standard_normal((HIDDEN, voxels)), rng.standard_normal((HIDDEN, features))
    bold = hidden[shown] @ code / 6 + rng.standard_normal((len(shown), voxels))
    values = hidden @ spread / 6 + rng.standard_normal((len(hidden), features))
    save(path / "bold.nc", _session(bold[order], shown[order], pictures))
    save(path / "features.nc", _features(values))
    return {}


def _session(bold: np.ndarray, shown: np.ndarray, training: int) -> xr.Dataset:
    rows = {"run": ["session"] * len(shown), "image": shown, "shared": shown >= training}
    voxels = {"roi": ("voxel", ["all"] * bold.shape[1])}
    coords = voxels | {name: ("tr", column) for name, column in rows.items()}
    attrs = {"dataset": "bench", "subject": "S1"}
    return xr.Dataset({"bold": (("tr", "voxel"), bold.astype(np.float32))}, coords, attrs)


def _features(values: np.ndarray) -> xr.Dataset:
    array = (("image", "layer", "feature"), values[:, None].astype(np.float32))
    attrs = {"dataset": "bench", "feature": "c", "shape": [values.shape[1]]}
    return xr.Dataset({"features": array}, {"image": np.arange(len(values)), "layer": ["c"]}, attrs)


def braid(folder: str, alphas: list[float]) -> Measured:
    """What rule `decode` does; responses and features are read while the clock runs."""
    spec = Regress.model_validate(
        {
            "kind": "regress", "label": "c", "feature": "c", "regions": ["all"],
            "sessions": {"twin": 1}, "alphas": alphas, "folds": FOLDS,
        }
    )  # fmt: skip
    path, held = Path(folder), peak()
    with (
        stopwatch() as used,
        open_recordings([path / "bold.nc"], {"subject": "S1"}) as recordings,
        Shards([path / "features.nc"], "features") as shards,
    ):
        found = decode(recordings, shards, spec, "twin", seed=0)
    return used | {"held": held, "scores": {"r": found["r"].values.tolist()}}


def himalaya(folder: str, alphas: list[float]) -> Measured:
    """RidgeCV with the targets of every trial in memory before; folds and score as BRAID's."""
    from himalaya.ridge import RidgeCV
    from himalaya.scoring import correlation_score, r2_score

    X, images, new, truth = _loaded(folder)
    Y = _targets(folder)[images]
    held = peak()
    solver = {"score_func": r2_score} | HIMALAYA_BATCHES
    settings: dict[str, Any] = {"cv": grouped_folds(images, FOLDS), "solver_params": solver}
    model = RidgeCV(alphas=np.array(alphas, np.float32), **settings)
    with stopwatch() as used:
        scaler = StandardScaler().fit(X)
        mean = Y.mean(axis=0)
        model.fit(scaler.transform(X), Y - mean)
        decoded = model.predict(scaler.transform(new)) + mean
        r = np.asarray(correlation_score(truth, decoded))
    return used | {"held": held, "scores": {"r": r.tolist()}}


def compressed(folder: str, alphas: list[float]) -> Measured:
    """Products of a row left out with its axes that stand for those at all penalties."""
    X, images, *_ = _loaded(folder)
    scaled = np.asarray(StandardScaler().fit_transform(X))
    settings: dict[str, Any] = {"folds": grouped_folds(images, FOLDS), "score": "r2"}
    engine = RidgeEngine(scaled, runs=np.arange(len(X)), alphas=alphas, **settings)
    done = [scan.operations / (2 * scan.left_out.size) for scan in engine.scans]
    return {"pieces": float(np.mean(done))}


def _loaded(folder: str) -> tuple[np.ndarray, ...]:
    """Training trials and their pictures, responses and features of the test."""
    session = load(Path(folder, "bold.nc"))
    bold, images, shared = (session[name].values for name in ("bold", "image", "shared"))
    new, tested = average_repeats(bold[shared], images[shared])
    return bold[~shared], images[~shared], new, _targets(folder)[tested]


def _targets(folder: str) -> np.ndarray:
    with Shards([Path(folder, "features.nc")], "features") as shards:
        return shards.read(shards.numbers, slice(None))


def _speed(where: str, penalties: str, runs: dict[str, list[Measured]]) -> Row:
    ours, theirs = (np.array(runs[name][0]["scores"]["r"]) for name in ("braid", "himalaya"))
    return Row(
        work=f"{where}, penalties {penalties}",
        against="himalaya RidgeCV, numpy",
        figure=ratio(runs["himalaya"], runs["braid"]),
        braid=seconds(runs["braid"]),
        peer=seconds(runs["himalaya"]),
        accuracy=f"max \\|Δr\\| of the two on the test {np.abs(ours - theirs).max():.0e}",
        basis=f"CPU time; medians of {len(runs['braid'])} and {len(runs['himalaya'])}",
    )


def _memory(where: str, penalties: str, runs: dict[str, list[Measured]]) -> Row:
    ours, theirs = (
        max(run["peak"] - run["held"] for run in runs[n]) for n in ("braid", "himalaya")
    )
    return Row(
        work=f"{where}, penalties {penalties}: peak memory",
        against="himalaya RidgeCV, numpy",
        figure=theirs / ours,
        reach=1,
        braid=f"{ours / 2**20:,.0f} MiB",
        peer=f"{theirs / 2**20:,.0f} MiB",
        basis="responses and all else of BRAID; of himalaya what is beyond responses and targets",
    )


def _whole_speed(penalties: str, pieces: float, sgemm: float) -> Row:
    trials, voxels, features = STUDY
    ours, theirs = _operations(trials, voxels, pieces), _peer_operations(trials, voxels)
    took, wanted = (each * features / sgemm / 60 for each in (ours, theirs))
    return Row(
        work=f"{trials:,} trials of {voxels:,} voxels, penalties {penalties}",
        against="himalaya RidgeCV, by its operations",
        figure=theirs / ours,
        braid=f"{ours / 1e9:.2f} GFLOP a feature",
        peer=f"{theirs / 1e9:.2f} GFLOP a feature",
        basis=f"by operations, without decompositions; {features:,} features take {took:.0f} and"
        f" {wanted:.0f} min at the sgemm rate",
    )


def _operations(trials: int, voxels: int, pieces: float) -> float:
    """Of BRAID for a feature: X'Y, rotations, pieces, weights; `RidgeEngine.operations`."""
    return 2 * trials * voxels * (1 + pieces) + (2 * FOLDS + 4) * voxels**2


def _peer_operations(trials: int, voxels: int) -> float:
    """Of himalaya: a matrix of rows by rows at each penalty and fold; weights at one penalty."""
    left_out = trials / FOLDS
    return FOLDS * PENALTIES * 2 * left_out * (trials - left_out) + 2 * trials * voxels


def _whole_memory() -> Row:
    trials, voxels, features = STUDY
    # Responses as read, in order and standardised; targets centred; what is decoded.
    held = 4 * 3 * trials * voxels + 8 * 2 * trials * BLOCK + 4 * STUDY_TESTED * features
    return Row(
        work=f"{trials:,} trials of {voxels:,} voxels, {features:,} features: memory",
        against="-",
        figure=(peak_bytes(Shape(trials, voxels, 1, FOLDS)) + held) / 1e9,
        unit=" GB",
        reach=LIMIT,
        at_most=True,
        basis="by formula",
    )
