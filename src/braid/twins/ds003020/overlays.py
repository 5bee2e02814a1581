"""Outlines of regions on the flatmap, as pycortex keeps them in `overlays.svg`."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float
from scipy.spatial import ConvexHull

from braid.datasets.fsaverage5 import HEMISPHERES
from braid.twins.ds003020 import surfaces
from braid.twins.ds003020.surfaces import Subject

HEIGHT = 1024.0  # of the drawing, pycortex's own
REGION, NAME = "auditory", "AC"  # what is outlined, and what the published outlines call it

_HEAD = """\
<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" version="1.1"
  xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape">
"""
_LAYER = """\
<g inkscape:label="{name}" inkscape:groupmode="layer" id="{name}">
<g inkscape:label="shapes" inkscape:groupmode="layer" id="{name}_shapes">{shapes}</g>
<g inkscape:label="labels" inkscape:groupmode="layer" id="{name}_labels"></g>
</g>
"""
_SHAPE = """
<g inkscape:label="{name}" inkscape:groupmode="layer" id="{name}">{paths}</g>
"""


def draw(subject: Subject) -> str:
    """Outline the planted auditory region on both sides of the flatmap.

    As pycortex does, the hemispheres lie beside each other, the whole is `HEIGHT` high, and y
    points down.

    Returns
    -------
    str
        SVG with the layers that pycortex expects, of which `rois` has the one shape.
    """
    flat = _both_sides(subject)
    low, high = flat.min(axis=0), flat.max(axis=0)
    scale = HEIGHT / (high - low)[1]
    region = np.concatenate([surfaces.regions(side)[0] for side in HEMISPHERES])
    paths = "".join(
        _path(scale * np.abs([low[0], high[1]] - outline))
        for outline in _outlines(flat, region == REGION)
    )
    width = scale * (high - low)[0]
    rois = _LAYER.format(name="rois", shapes=_SHAPE.format(name=NAME, paths=paths))
    empty = [_LAYER.format(name=name, shapes="") for name in ("sulci", "cutouts", "display")]
    return "".join([_HEAD.format(width=width, height=HEIGHT), rois, *empty, "</svg>\n"])


def _both_sides(subject: Subject) -> Float[np.ndarray, "vertex 2"]:
    """Flat vertices, the left hemisphere left of the middle."""
    left, right = (subject.meshes["flat", side][0][:, :2] for side in HEMISPHERES)
    middle = np.array([1, 0])
    return np.concatenate([left - middle * left.max(axis=0), right - middle * right.min(axis=0)])


def _outlines(flat: np.ndarray, inside: np.ndarray) -> Iterator[Float[np.ndarray, "corner 2"]]:
    """Hull of the region in each hemisphere."""
    for side in np.split(np.arange(len(flat)), 2):
        points = flat[side][inside[side]]
        yield points[ConvexHull(points).vertices]


def _path(points: Float[np.ndarray, "corner 2"]) -> str:
    corners = " L ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return f'<path d="M {corners} Z" />'
