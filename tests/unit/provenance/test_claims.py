"""Printed numbers beside ours: what counts as reproduced, and what never does."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from braid.errors import BadInput
from braid.provenance import recorded
from braid.provenance.claims import Contradiction, contradictions, judge
from braid.store import save
from braid.study.claims import Cells, Claims, Extent, Number, Parameter, Table, load_all_claims

SAID = {
    "about": "a number",
    "place": "Table 1",
    "metric": "r",
    "split": "test",
    "variant": "paper",
    "tolerance": 0.01,
}
CELL = Cells(figure="map", where={"subject": "S1"}, column="r")
STEP = {"figure": "map", "rule": "respond", "where": {"subject": "S1"}}


@pytest.fixture
def draw(tmp_path, monkeypatch, make_job):
    """Draw a figure of two subjects, from one step before it, under real records."""
    monkeypatch.chdir(tmp_path)

    def run(source="public", simulated=False):
        made = f"results/{source}/respond/toy/S1"
        figure = f"results/{source}/figures/toy/map"
        plan = {"tr": 2.5, "runs": ["a", "b", "c"]}
        respond = make_job(
            outputs={"responses": f"{made}.nc", "prov": f"{made}.prov.json"},
            params={"plan": plan},
            source=source,
            subject="S1",
        )
        with recorded(respond):
            save(f"{made}.nc", xr.Dataset({"bold": (("tr", "voxel"), np.zeros((7, 2)))}))
        slices = make_job(
            "slices",
            inputs={"scores": f"{made}.nc"},
            outputs={"csv": f"{figure}.csv", "prov": f"{figure}.prov.json"},
            params={"figure": {"study": "toy", "simulated": simulated}},
            source=source,
            figure="toy/map",
        )
        with recorded(slices):
            Path(figure).parent.mkdir(parents=True)
            rows = pd.DataFrame({"subject": ["S1", "S2"], "fit": "bert", "r": [0.25, 0.5]})
            rows.to_csv(f"{figure}.csv", index=False)
        return Path(f"{figure}.prov.json")

    return run


def claims(ours=None, value=0.25, **more):
    number = Number(**SAID, id="one", value=value, ours=ours, **more)
    data = {"dataset": "toy", "files": 2, "bytes": 3_000_000}
    return Claims(study="toy", source="Toy et al.", data=data, numbers=[number])


def outcome(figure, ours, value=0.25, **more):
    [found] = judge([claims(ours, value, **more)], [figure])
    return found.outcome


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.25, "reproduced"), (0.2599, "reproduced"), (0.2401, "reproduced"), (0.2601, "differs")],
)
def test_a_number_is_reproduced_within_its_tolerance(draw, value, expected):
    [found] = judge([claims(CELL, value)], [draw()])
    assert (found.outcome, found.ours, found.printed) == (expected, 0.25, value)
    assert (found.study, found.claim) == ("toy", "one")
    assert found.record == "results/public/figures/toy/map.prov.json"


@pytest.mark.parametrize(
    ("ours", "value"),
    [
        (Cells(figure="map", where={"fit": "bert"}, column="r", statistic="sum"), 0.75),
        (Cells(figure="map", column="subject", statistic="distinct"), 2),
        (Cells(figure="map", where={"subject": "S2", "fit": "bert"}, column="r"), 0.5),
        (Parameter(**STEP, parameter="plan.tr"), 2.5),
        (Parameter(**STEP, parameter="plan.runs"), 3),
        (Extent(**STEP, role="responses", dimension="tr"), 7),
    ],
)
def test_our_number_is_read_where_the_claim_says(draw, ours, value):
    [found] = judge([claims(ours, value)], [draw()])
    assert (found.ours, found.outcome) == (value, "reproduced")


def test_simulated_data_reproduce_nothing(draw):
    [found] = judge([claims(CELL, source="any", gpu=True)], [draw("twin", simulated=True)])
    assert (found.outcome, found.ours, found.record) == ("not run here", None, "")
    assert found.needs == "toy (0.003 GB, files: 2); a GPU"


def test_real_data_of_a_twin_count_where_the_claim_allows_it(draw):
    figure = draw("twin")
    assert outcome(figure, CELL, source="any") == "reproduced"
    assert outcome(figure, CELL) == "not run here"


def test_what_no_figure_has_is_not_run(draw):
    figure = draw()
    assert outcome(figure, None) == "not run here"
    assert outcome(figure, CELL.model_copy(update={"figure": "other"})) == "not run here"
    [found] = judge([claims(missing="tuning")], [])
    assert found.needs.endswith("; tuning")


@pytest.mark.parametrize(
    "ours",
    [
        Cells(figure="map", column="r"),
        Cells(figure="map", where={"subject": "S9"}, column="r"),
        Cells(figure="map", where={"subject": "S1"}, column="rho"),
        Parameter(**STEP, parameter="plan.seed"),
        Parameter(**STEP | {"rule": "fit"}, parameter="plan.tr"),
        Extent(**STEP, role="responses", dimension="run"),
    ],
)
def test_a_claim_that_points_at_nothing_is_named(draw, ours):
    with pytest.raises(BadInput, match="one: does not hold it"):
        outcome(draw(), ours)


def test_a_number_that_was_written_in_afterwards_is_not_judged(draw):
    figure = draw()
    csv = Path("results/public/figures/toy/map.csv")
    csv.write_text(csv.read_text().replace("0.25", "0.26"))
    with pytest.raises(BadInput, match=r"map\.csv: sha256: changed since its job wrote it"):
        outcome(figure, CELL, 0.26)


@pytest.mark.parametrize(
    ("mean", "wrong"), [(0.197284, False), (0.197283, False), (0.197285, True), (0.197281, True)]
)
def test_a_printed_mean_that_rounding_does_not_explain_is_a_contradiction(mean, wrong):
    rows = {"S1": [0.196112], "S2": [0.196028], "S3": [0.199710], "mean": [mean]}
    table = Table(**SAID, id="table1", columns={"r_mean": "r mean"}, rows=rows)
    found = contradictions([claims().model_copy(update={"tables": (table,)})])
    said = f"r_mean: the mean of its rows is 0.197283, printed is {mean}"
    assert found == [Contradiction("toy", ("Table 1",), said)] * wrong


def test_the_printed_means_of_all_studies_are_those_of_their_rows():
    known = load_all_claims(Path("resources/claims")).values()
    declared = [said.problem for one in known for said in one.contradictions]
    assert len(declared) == 25
    assert [one.problem for one in contradictions(known)] == declared
