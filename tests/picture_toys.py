"""Reconstructions whose scores are known, and scenes that pass for pictures."""

import numpy as np
import xarray as xr
from scipy.ndimage import gaussian_filter

METRICS = {
    # Label: kind, chance, whether higher is better.
    "PixCorr": ("pixels", 0.02, 1),
    "Luminance": ("luminance", 0.02, 1),
    "Chroma": ("chroma", 0.01, 1),
    "SSIM": ("ssim", 0.2, 1),
    "Alex 2, two-way": ("two_way", 0.5, 1),
    "CLIP, two-way": ("two_way", 0.5, 1),
    "Category": ("category", 0.2, 1),
    "SwAV, distance": ("distance", 0.7, -1),
}
LABELS = {"z": "z alone", "c": "c alone", "zc": "z with c", "true": "true z with c"}
# Of z layout and colour, of c category; of both together all; of noise nothing.
GAINS = {
    "z": (0.3, 0.4, 0.3, 0.1, 0.3, 0.05, 0.05, 0.02),
    "c": (0.0, 0.0, 0.0, 0.0, 0.1, 0.3, 0.5, 0.1),
    "zc": (0.28, 0.38, 0.28, 0.15, 0.38, 0.35, 0.55, 0.25),
    "true": (0.6, 0.6, 0.6, 0.4, 0.48, 0.45, 0.75, 0.5),
    "noise": (0.0,) * 8,
}


def evaluation(subject, name, images=40, spread=0.1, gains=None, seed=0):
    """Scores of one reconstruction: chance, what is gained on it, and noise of each picture."""
    kinds, chance, better = (np.array(column) for column in zip(*METRICS.values(), strict=True))
    noise = np.random.default_rng([seed, len(subject) + sum(map(ord, subject + name))])
    gained = np.array(gains or GAINS[name])[:, None] + noise.normal(0, spread, (8, images))
    return xr.Dataset(
        {
            "value": (("metric", "image"), chance[:, None] + better[:, None] * gained),
            "chance": ("metric", chance),
            "better": ("metric", better),
        },
        coords={
            "metric": list(METRICS),
            "kind": ("metric", kinds),
            "image": np.arange(images) * 7 + 3,
        },
        attrs={"subject": subject, "reconstruction": name, "label": LABELS.get(name, name)},
    )


def evaluations(names=("z", "c", "zc", "noise"), subjects=("subj01", "subj02"), **settings):
    return [evaluation(s, name, **settings) for s in subjects for name in names]


def scenes(count, side=32, seed=0):
    """Smooth pictures of some colours."""
    noise = np.random.default_rng(seed).normal(size=(count, side, side, 3))
    smooth = gaussian_filter(noise, (0, side / 8, side / 8, 0))
    return np.clip(128 + 90 * smooth / smooth.std(), 0, 255).astype(np.uint8)
