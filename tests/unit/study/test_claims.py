"""Claims files: what they may say, and what those of the repository say."""

from pathlib import Path

import pytest

from braid.errors import BadInput
from braid.sources.tables import load_lock, load_packages
from braid.study import load_study
from braid.study.claims import Cells, load_all_claims, load_claims

FOLDER = Path("resources/claims")
KOBAYASHI = FOLDER / "kobayashi2025.yaml"


@pytest.fixture(scope="module")
def claims():
    return load_all_claims(FOLDER)


@pytest.fixture(scope="module")
def tables(claims):
    """Printed mean r: table to row to number."""
    found = claims["kobayashi2025"].tables
    return {t.id: {row: values[0] for row, values in t.rows.items()} for t in found}


@pytest.fixture
def edited(tmp_path):
    def edit(old, new):
        text = KOBAYASHI.read_text()
        assert old in text
        path = tmp_path / KOBAYASHI.name
        path.write_text(text.replace(old, new, 1))
        return path

    return edit


def test_a_row_of_another_length_than_the_columns_is_refused_with_its_line(edited):
    path = edited("UTS01: [0.196112, 0.195064]", "UTS01: [0.196112]")
    line = path.read_text().splitlines().index("      UTS01: [0.196112]") + 1
    with pytest.raises(BadInput, match=rf"line +{line} .*1 numbers for 2 columns"):
        load_claims(path)


def test_an_id_that_stands_twice_is_refused(edited):
    with pytest.raises(BadInput, match="'stories' stands twice"):
        load_claims(edited("id: subjects", "id: stories"))


def test_a_place_of_our_number_must_be_whole(edited):
    with pytest.raises(BadInput, match=r"ours.*Field required"):
        load_claims(edited("      column: r mean\n", ""))


def test_a_cell_of_a_table_is_a_number_of_its_own(claims):
    cell = next(n for n in claims["kobayashi2025"].all() if n.id == "table1_baseline_UTS03_r_mean")
    assert (cell.value, cell.place, cell.tolerance) == (0.19971, "Table 1, Baseline", 0.01)
    where = {"model": "BERT, the paper's penalty", "subject": "UTS03"}
    assert cell.ours == Cells(figure="table1", where=where, column="r mean")


def test_every_study_has_claims_whose_figures_and_models_it_has(claims):
    for path in Path("config/studies").glob("*.yaml"):
        study = load_study(path)
        found = claims[study.id]
        assert found.study == study.id
        assert found.data.dataset == study.dataset
        ours = [number.ours for number in found.all() if number.ours]
        assert {one.figure for one in ours} <= set(study.figures)
        labels = {one.label for one in (*study.fits.values(), *study.networks.values())}
        assert {one.where["model"] for one in ours if "model" in one.where} <= labels
        for name, figure in study.figures.items():
            printed = figure.kind in ("layers", "roi_table", "table")
            assert found.beside(name) if printed else not found.beside(name)


def test_sizes_are_those_of_the_locks(claims):
    lock = load_lock(Path("resources/locks/ds003020.tsv"))
    folders = ("TextGrids", *(f"preprocessed_data/UTS0{n}" for n in (1, 2, 3)))
    sizes = [
        f.bytes for p, f in lock.items() if p.startswith(tuple(f"derivative/{x}/" for x in folders))
    ]
    data = claims["kobayashi2025"].data
    assert (data.files, data.bytes) == (len(sizes), sum(sizes))
    packages = load_packages(Path("config/packages.tsv"))
    for study, package in (("haxby2001", "pymvpa2"), ("pinel2007", "pyhrf")):
        assert claims[study].data.bytes == packages[package].bytes


def test_both_tables_of_kobayashi_2025_are_whole(claims, tables):
    assert len(tables) == 4 + 5
    assert all(list(rows) == ["UTS01", "UTS02", "UTS03", "mean"] for rows in tables.values())
    in_tables = [n for n in claims["kobayashi2025"].all() if n.id.startswith("table")]
    assert len(in_tables) == (4 + 5) * 4 * 2


def test_the_contradictions_of_kobayashi_2025_stand_in_its_tables(tables):
    """Their sentences quote differences; here they are taken from the numbers."""
    base, high, es = (tables[f"table1_{name}"] for name in ("baseline", "high_ev", "es"))
    assert min(base[s] - max(high[s], es[s]) for s in base) > 0.025
    assert [high[s] > es[s] for s in ("UTS01", "UTS02", "UTS03")] == [False, False, True]
    rates = {int(name[-2:]): rows for name, rows in tables.items() if "mask" in name}

    def ranked(row):
        return sorted(rates, key=lambda rate: -rates[rate][row])

    assert ranked("mean") == [30, 75, 45, 60, 90]
    subjects = ("UTS01", "UTS02", "UTS03")
    first, *others = zip(*(ranked(subject) for subject in subjects), strict=True)
    assert set(first) == {30}
    assert all(len(set(place)) > 1 for place in others)
    over_subjects = [_span(rows[s] for s in subjects) for rows in rates.values()]
    over_rates = [_span(rows[s] for rows in rates.values()) for s in subjects]
    assert [round(f(over_subjects), 4) for f in (min, max)] == [0.0013, 0.0018]
    assert [round(f(over_rates), 4) for f in (min, max)] == [0.0002, 0.0007]
    assert round(_span(rows["mean"] for rows in rates.values()), 4) == 0.0004


def _span(values):
    found = list(values)
    return max(found) - min(found)
