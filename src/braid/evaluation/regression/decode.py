"""Features of presented pictures from responses to them: one ridge for each feature.

As Takagi & Nishimoto 2023 (their code, `codes/utils/ridge.py`): responses are standardised by mean
and spread of the training rows, those of the test by the same after trials of a picture were
averaged, so that they spread less than single trials do. Two things differ. The ridge of the
source has no intercept, so that what it decodes lacks the mean of the features; here targets are
centred by the training and their mean is added again. Its inner folds are stretches of trials, so
that it validates with pictures that it trains on; here all trials of a picture are in one fold. The
penalty of a feature has the best R2, mean over folds; that of the source (himalaya's default) the
smallest squared error, which orders the penalties of one fold alike.

With `rescale`, decoded features are brought to mean and spread of the training rows after they were
z-scored over the test pictures (Ozcelik & VanRullen 2023, `scripts/cliptext_regression.py`): what
is decoded for one picture then depends on the others of the test.

Memory for 59,136 features of 24,980 trials of 7,604 voxels in 5 folds, 9 GB: the prepared ridge
takes 6.1 GB at its peak (`braid.fitting.engine.memory`; 9.1 GB where it needs float64), responses
as read, in order and standardised 2.3 GB, a block of targets .3 GB, what is decoded .2 GB. Weights
are dropped with their block. With clusters each ridge in turn takes as much.
"""

import numpy as np
import xarray as xr
from jaxtyping import Float, Int
from sklearn.preprocessing import StandardScaler

from braid.evaluation import decoding
from braid.evaluation.recordings import Recordings
from braid.evaluation.regression.clusters import Part, parts
from braid.evaluation.regression.controls import responses
from braid.evaluation.regression.scores import score
from braid.evaluation.regression.sides import Sides, split
from braid.evaluation.regression.targets import Targets, per_row
from braid.fitting import BLOCK, Columns
from braid.store import Shards
from braid.study.names import Source
from braid.study.pictures import Regress


def decode(
    recordings: Recordings,
    shards: Shards,
    spec: Regress,
    source: Source,
    seed: int,
    others: Recordings | None = None,
) -> xr.Dataset:
    """Decode the features of the shared pictures that a subject saw.

    Parameters
    ----------
    recordings
        Sessions of the subject, in order; their head has `run`, `image`, `shared` (tr) and `roi`
        (voxel).
    shards
        Features of all pictures that were shown; of layers, the first.
    spec
        What is decoded from what, and how.
    source
        Whose number of sessions.
    seed
        Of noise, order and clusters.
    others
        Sessions of another subject, for the control `other`.

    Returns
    -------
    xr.Dataset
        `decoded` (image, feature); `r` (feature), correlation over test pictures, NaN where a
        feature does not vary; `alpha` and `cv_score` (feature), penalty and its R2 (with clusters,
        their median and mean over clusters); `influence` (image) of a picture on the mean of r
        (`braid.evaluation.regression.scores`); `trained_on` (image), how many pictures the ridge
        was trained on. Attributes `rows` of training, `voxels`, `regions`, `responses`, what the
        feature is, and `events`: voxels and features that have no part in it.

    Raises
    ------
    BadInput
        When there are fewer sessions than asked for, no usable voxel in the regions, pictures
        without finite features, no other subject or one who did not see all test pictures, or too
        few training pictures.
    """
    own = split(recordings, spec, source)
    new = responses(own, others, spec, source, seed)
    truth = Targets(shards, own.test.images)
    decoded = np.empty(truth.shape, np.float32)
    found = parts(own, shards, spec, seed)
    tuned = np.stack([_decode_part(decoded, own, new, shards, spec, part) for part in found])
    if spec.rescale:
        _rescale(decoded, per_row(shards, own.training.images))
    r, influence = score(truth, decoded)
    arrays = {
        "decoded": (("image", "feature"), decoded),
        "r": ("feature", r.astype(np.float32)),
        "alpha": ("feature", np.median(tuned[:, 0], axis=0)),
        "cv_score": ("feature", tuned[:, 1].mean(axis=0)),
        "influence": ("image", influence.astype(np.float32)),
        "trained_on": ("image", _trained_on(found, len(decoded))),
    }
    remarks = _remarks(recordings, shards, spec) | _counts(own, tuned)
    return xr.Dataset(arrays, {"image": own.test.images}, remarks)


def _decode_part(
    decoded: np.ndarray, own: Sides, new: np.ndarray, shards: Shards, spec: Regress, part: Part
) -> Float[np.ndarray, "2 feature"]:
    """Decode test pictures into their rows; penalty of each feature, and its score."""
    rows = own.training.take(_by_fold(own.training.images, part.training, spec.folds))
    blocks = decoding.decode(
        rows.patterns,
        per_row(shards, rows.images),
        new[part.test],
        folds=decoding.grouped_folds(rows.images, spec.folds),
        alphas=spec.alphas,
        score="r2",
    )
    tuned = np.empty((2, decoded.shape[1]), np.float32)
    for block in blocks:
        decoded[part.test, block.targets] = block.prediction
        tuned[:, block.targets] = block.alphas, block.cv_scores
    return tuned


def _by_fold(
    images: Int[np.ndarray, " row"], rows: Int[np.ndarray, " _"], k: int
) -> Int[np.ndarray, " _"]:
    """Rows in the order of the folds that leave them out: the engine works on stretches of them."""
    return rows[np.concatenate([test for _, test in decoding.grouped_folds(images[rows], k)])]


def _rescale(decoded: Float[np.ndarray, "image feature"], training: Columns) -> None:
    """Bring each feature, in place, to its mean and spread over the training rows."""
    for start in range(0, decoded.shape[1], BLOCK):
        block = slice(start, start + BLOCK)
        scale = StandardScaler().fit(training[:, block])
        standard = StandardScaler().fit_transform(decoded[:, block])
        decoded[:, block] = scale.inverse_transform(standard)


def _trained_on(found: list[Part], pictures: int) -> Int[np.ndarray, " image"]:
    counts = np.empty(pictures, int)
    for part in found:
        counts[part.test] = part.pictures
    return counts


def _remarks(recordings: Recordings, shards: Shards, spec: Regress) -> dict[str, object]:
    kept = {name: recordings.head.attrs[name] for name in ("dataset", "subject")}
    said = {"label": spec.label, "regions": ", ".join(spec.regions), "responses": spec.responses}
    return kept | said | {"feature": spec.feature, "shape": shards.head.attrs["shape"]}


def _counts(own: Sides, tuned: Float[np.ndarray, "part 2 feature"]) -> dict[str, object]:
    """Sizes of the training, and what had no part in it."""
    rows, voxels = own.training.patterns.shape
    lost = {
        "voxels are not finite in some trial": own.masked,
        "features do not vary over the training": int(np.isnan(tuned[:, 0]).any(axis=0).sum()),
    }
    events = "\n".join(f"{n} {what}" for what, n in lost.items() if n)
    return {"rows": rows, "voxels": voxels, "events": events}
