"""Published versions beside the workflow of today."""

import pytest

from braid.errors import BadInput
from braid.provenance.release import Drawn, Published, Step, compare, load, write

FIGURE = "results/public/figures/toy/map.prov.json"
FITS = [f"results/public/fit/toy/{subject}.prov.json" for subject in ("S1", "S2")]
PLAN = {"code": "abc", "plan": {"seed": 3, "tr": 2.0}}


@pytest.fixture
def version():
    fits = {
        path: Step(rule="fit", wildcards={}, params=PLAN, raw={"lock.tsv": "12"}) for path in FITS
    }
    drawn = Drawn(
        passport="ab",
        outputs={"results/public/figures/toy/map.png": "34"},
        config={"source": "public"},
        chain="56",
        steps=[FIGURE, *FITS],
    )
    return Published(
        study="toy",
        version="1.0",
        commit="c0ffee",
        date="2026-01-31",
        figures={FIGURE: drawn},
        steps={FIGURE: Step(rule="slices", wildcards={}, params={"code": "x"}, raw={})} | fits,
    )


@pytest.fixture
def today():
    return {FIGURE: {"code": "x"}} | dict.fromkeys(FITS, PLAN)


def test_nothing_changed(version, today):
    standing = compare(version, FIGURE, today)
    assert (standing.study, standing.figure, standing.state) == ("toy", FIGURE, "same")
    assert standing.changes == []


def test_steps_that_are_behind_are_counted_and_their_parameters_named(version, today):
    today[FITS[0]] = {"code": "xyz", "plan": {"seed": 3, "tr": 2.0}}
    today[FITS[1]] = {"code": "xyz", "plan": {"seed": 4, "tr": 2.0}}
    standing = compare(version, FIGURE, today)
    assert standing.state == "behind"
    assert standing.changes == ["fit (2 steps): code, plan.seed"]


def test_a_step_that_vanished_is_worse_than_one_that_is_behind(version, today):
    del today[FITS[1]]
    today[FITS[0]] = {"code": "xyz", "plan": {"seed": 3, "tr": 2.0}}
    standing = compare(version, FIGURE, today)
    assert standing.state == "gone"
    assert standing.changes == [f"fit {FITS[1]}: gone", "fit (1 steps): code"]


def test_a_figure_that_no_target_draws_is_gone(version, today):
    del today[FIGURE]
    standing = compare(version, FIGURE, today)
    assert (standing.state, standing.changes) == ("gone", ["no target of today draws it"])


def test_a_version_is_read_as_it_was_written(version, tmp_path):
    path = write(version, tmp_path)
    assert path == tmp_path / "toy.json"
    assert load(path) == version


def test_a_version_of_another_form_is_refused(version, tmp_path):
    path = write(version, tmp_path)
    path.write_text(path.read_text().replace('"passport"', '"password"'))
    with pytest.raises(BadInput, match="only braid release writes it"):
        load(path)
