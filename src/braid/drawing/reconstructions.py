"""Pictures presented and reconstructed, side by side; which are shown is a rule, not a taste."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import h5py
import numpy as np
import pandas as pd
from jaxtyping import UInt8
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from braid.drawing.style import canvas, style
from braid.store import load

Picture = UInt8[np.ndarray, "row column 3"]
PRESENTED = "presented"
PICTURE = 0.95  # inches
# In pictures: from one to the next, from row to row, and left of a row for the name of its place.
STEP, DEEP, SIDE = 1.05, 1.24, 0.75
ACROSS = 2  # subjects side by side


@dataclass(frozen=True)
class Generated:
    """First samples of one reconstruction of one subject.

    Attributes
    ----------
    subject, label
        Whose, and how the reconstruction is called.
    pictures
        By number of the picture presented.
    samples
        How many there are of each picture.
    """

    subject: str
    label: str
    pictures: Mapping[int, Picture]
    samples: int


def first_samples(path: Path | str, rows: pd.DataFrame) -> Generated:
    """Read the first sample of the pictures that are shown; the others stay on disk.

    Parameters
    ----------
    path
        Artefact of `generate`: `pictures` (image, sample, row, column, channel).
    rows
        What `braid.evaluation.picture_grids.grid_rows` returned.
    """
    head = load(path, without=("pictures",))
    subject, label = head.attrs["subject"], head.attrs["label"]
    wanted = rows.loc[(rows["subject"] == subject) & (rows["label"] == label), "image"].tolist()
    held = head["image"].values.tolist()
    with h5py.File(path) as file:
        stored = cast(h5py.Dataset, file["pictures"])
        pictures = {image: stored[held.index(image), 0] for image in wanted}
        samples = stored.shape[1]
    return Generated(subject, label, pictures, samples)


@style
def reconstructions(
    title: str,
    rows: pd.DataFrame,
    presented: Mapping[int, Picture],
    generated: Iterable[Generated],
    rule: str,
) -> Figure:
    """Draw a block for each subject: chosen pictures below one another, reconstructions beside.

    Parameters
    ----------
    title
        Title of the figure.
    rows
        What `braid.evaluation.picture_grids.grid_rows` returned; scores are printed under
        reconstructions.
    presented
        Pictures by their numbers.
    generated
        Of every subject, all its reconstructions in order.
    rule
        How pictures were chosen, in words, under the title.
    """
    blocks: dict[str, list[Generated]] = {}
    for one in generated:
        blocks.setdefault(one.subject, []).append(one)
    across = min(len(blocks), ACROSS)
    deep = -(-len(blocks) // across)
    width, height = _size(rows, max(map(len, blocks.values())))
    said = textwrap.fill(rule, int(15 * (across * width + 0.3)))
    figure = canvas(across * width + 0.3, deep * height + 0.16 * said.count("\n") + 0.9)
    figure.suptitle(f"{title}\n", fontsize=11)
    figure.supxlabel(said, fontsize=8, color="#444444")
    spots = figure.subplots(deep, across, squeeze=False).ravel()
    for axes, (subject, own) in zip(spots, blocks.items(), strict=False):
        _block(axes, rows.loc[rows["subject"] == subject, :], presented, own)
        axes.set_title(subject, loc="left", weight="bold", pad=30)
    for axes in spots[len(blocks) :]:
        axes.set_axis_off()
    return figure


def _size(rows: pd.DataFrame, reconstructions: int) -> tuple[float, float]:
    """Inches of a block."""
    shown = len(rows.drop_duplicates(["subject", "image"])) / len(rows["subject"].unique())
    return (SIDE + (reconstructions + 1) * STEP) * PICTURE, shown * DEEP * PICTURE + 0.6


def _block(
    axes: Axes, rows: pd.DataFrame, presented: Mapping[int, Picture], own: Sequence[Generated]
) -> None:
    shown = rows.drop_duplicates("image")
    for y, row in enumerate(shown.to_dict("records")):
        image = row["image"]
        said = f"{row['place']}\nrank {row['rank']:,}\nof {row['pictures']:,}"
        axes.text(-0.1, y * DEEP + 0.5, said, ha="right", va="center", fontsize=8)
        _picture(axes, presented[image], 0, y, f"no. {image}")
        for x, one in enumerate(own, 1):
            score = rows.loc[(rows["image"] == image) & (rows["label"] == one.label), "value"]
            _picture(axes, one.pictures[image], x, y, f"{score.item():.3f}".replace("-", "−"))
    for x, label in enumerate([PRESENTED, *(one.label for one in own)]):
        axes.text(x * STEP + 0.5, -0.08, textwrap.fill(label, 14), ha="center", va="bottom")
    axes.set(xlim=(-SIDE, (len(own) + 1) * STEP), ylim=(len(shown) * DEEP, 0))
    axes.set_axis_off()


def _picture(axes: Axes, picture: Picture, column: int, row: int, said: str) -> None:
    """A picture with its number or its score below."""
    left, top = column * STEP, row * DEEP
    axes.imshow(picture, extent=(left, left + 1, top + 1, top))
    axes.text(left + 0.5, top + 1.03, said, ha="center", va="top", fontsize=7.5)
