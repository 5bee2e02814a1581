"""The interactive flatmap: one HTML page that needs no network."""

import base64
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import jinja2
import matplotlib as mpl
import numpy as np
from jaxtyping import Float, Shaped, UInt8
from matplotlib.colors import Normalize, to_hex

from braid.drawing.cortex_store import use_filestore
from braid.drawing.panels import Panel, as_brain, volume
from braid.drawing.style import SEQUENTIAL, limits, significance

MESHES = ("flat", "inflated")
GYRUS, SULCUS = 222, 184  # grey levels of the curvature


def view(
    title: str,
    panels: Sequence[Panel],
    filestore: Path,
    template: Path,
    unit: str,
    simulated: bool,
    level: float = 0.05,
    value_limits: tuple[float, float] | None = None,
    colours: str = SEQUENTIAL,
) -> str:
    """Return a page that turns, zooms and switches between panels, flat and inflated.

    A vertex is the mean of the drawn voxels between white matter and pia (pycortex's
    `line_nearest`); vertices without one show the curvature.

    Parameters
    ----------
    title
        Heading of the page.
    panels, filestore, unit, level, value_limits, colours
        As of `flatmap.flatmap`.
    template
        The page's Jinja2 template.
    simulated
        Whether the page says "simulated data".

    Raises
    ------
    BadInput
        When a panel has another number of values than its subject's mask, or fsaverage5.
    """
    cortex = use_filestore(filestore)
    shown = [significance(panel.values, panel.q, level, panel.unit) for panel in panels]
    norm = Normalize(*(value_limits or limits([values for values, _ in shown])))
    views = [
        {
            "label": panel.label,
            "legend": "; ".join(filter(None, (legend, panel.note))),
            **_view(cortex, panel, values, norm, colours),
        }
        for panel, (values, legend) in zip(panels, shown, strict=True)
    ]
    steps = [to_hex(colour) for colour in mpl.colormaps[colours](np.linspace(0, 1, 11))]
    page = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
        template.read_text(encoding="utf-8")
    )
    plotly = files("nilearn.plotting.data.js") / "plotly-gl3d-latest.min.js"
    return page.render(
        title=title,
        unit=unit,
        simulated=simulated,
        views=views,
        steps=steps,
        ends=(norm.vmin, norm.vmax),
        plotly=plotly.read_text(encoding="utf-8"),
    )


def vertices(
    cortex: ModuleType, panel: Panel, values: Float[np.ndarray, " voxel"]
) -> Float[np.ndarray, " vertex"]:
    """Mean of the finite voxels that each vertex's line from white matter to pia crosses.

    Values on fsaverage5 are those of the vertices already.
    """
    if panel.on_template:
        return as_brain(cortex, panel, values).data
    mapper = cortex.get_mapper(panel.subject, panel.space, "line_nearest")
    filled = volume(cortex, panel, values)

    def project(data: Float[np.ndarray, "z y x"]) -> Float[np.ndarray, " vertex"]:
        return mapper(cortex.Volume(data, panel.subject, panel.space)).data

    weight = project(np.isfinite(filled).astype(float))
    total = project(np.nan_to_num(filled))
    return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0)


def _view(
    cortex: ModuleType,
    panel: Panel,
    values: Float[np.ndarray, " voxel"],
    norm: Normalize,
    colours: str,
) -> dict:
    meshes = {name: _mesh(cortex, panel.cortex, name) for name in MESHES}
    data = vertices(cortex, panel, values)
    curvature = cortex.db.get_surfinfo(panel.cortex).data
    return {"meshes": meshes, "colours": _packed(_paint(data, curvature, norm, colours))}


def _paint(
    data: Float[np.ndarray, " vertex"],
    curvature: Float[np.ndarray, " vertex"],
    norm: Normalize,
    colours: str,
) -> UInt8[np.ndarray, "vertex 3"]:
    """Colour of the value, or the curvature's grey where there is none."""
    painted = mpl.colormaps[colours](norm(np.nan_to_num(data)), bytes=True)[:, :3]
    grey = np.where(curvature > 0, GYRUS, SULCUS).astype(np.uint8)
    return np.where(np.isfinite(data)[:, None], painted, grey[:, None])


def _mesh(cortex: ModuleType, subject: str, name: str) -> dict[str, str]:
    points, faces = cortex.db.get_surf(subject, name, merge=True, nudge=True)
    return {
        **{axis: _packed(points[:, i].astype("<f4")) for i, axis in enumerate("xyz")},
        **{corner: _packed(faces[:, i].astype("<i4")) for i, corner in enumerate("ijk")},
    }


def _packed(array: Shaped[np.ndarray, "..."]) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")
