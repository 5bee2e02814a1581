"""What figures of regions read from files."""

import pandas as pd
import pytest
import xarray as xr

from braid.errors import BadInput
from braid.evaluation.mapped import read
from braid.store import save


@pytest.fixture
def files(tmp_path):
    """Three vertices, scored twice; each atlas names them in its own way."""

    def atlas(names):
        arrays = {"region": ("voxel", names), "cortex": ("voxel", [True, True, False])}
        return xr.Dataset(arrays, {"hemi": ("voxel", ["lh", "lh", "rh"])})

    scores = xr.Dataset({"r_run": (("run", "voxel"), [[0.1, 0.2, 0.3]])}, {"run": ["one"]})
    parts = {"destrieux": ["a", "b", "wall"], "desikan": ["p", "p", "unknown"]}
    for name, content in {"a": scores, "b": scores + 1}.items():
        save(tmp_path / f"{name}.nc", content)
    for name, content in parts.items():
        save(tmp_path / f"{name}.nc", atlas(content))
    table = pd.DataFrame({"group": ["heard"], "printed": ["P"], "label": ["p"]})
    table.to_csv(tmp_path / "groups.tsv", sep="\t", index=False)
    atlases = [str(tmp_path / f"{name}.nc") for name in parts]
    return [str(tmp_path / "a.nc"), str(tmp_path / "b.nc")], *atlases, str(tmp_path / "groups.tsv")


def test_areas_come_from_both_atlases_and_the_groups(files):
    mapped = read(*files)
    assert [float(one["r_run"][0, 0]) for one in mapped.scores] == [0.1, 1.1]
    assert mapped.destrieux["region"].values.tolist() == ["a", "b", "wall"]
    assert mapped.groups == {"heard": ["p"]}
    inside = {(a.kind, a.region): a.inside.tolist() for a in mapped.areas if a.hemi == "both"}
    assert inside == {
        ("cortex", "cortex"): [True, True, False],
        ("group", "heard"): [True, True, False],
        ("destrieux", "a"): [True, False, False],
        ("destrieux", "b"): [False, True, False],
        ("desikan", "p"): [True, True, False],
    }


def test_scores_without_runs_are_refused(files, tmp_path):
    save(tmp_path / "a.nc", xr.Dataset({"r": ("voxel", [0.1, 0.2, 0.3])}))
    with pytest.raises(BadInput, match="r_run"):
        read(*files)
