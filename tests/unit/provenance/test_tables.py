"""A story as tables: what is folded, what is set apart."""

from dataclasses import replace
from pathlib import Path

import pytest
from chains import PACKAGED, raw, write

from braid.drawing.report import Digest, Table
from braid.provenance import tables
from braid.provenance.chain import chain
from braid.provenance.why import story


@pytest.fixture
def told(tmp_path):
    def tell(*records):
        head = write(tmp_path, "map", "slices", records)
        return story(chain(Path(tmp_path, head)))

    return tell


@pytest.fixture
def fit(tmp_path):
    def make(name, rule="fit", wildcard="fit", **params):
        return write(tmp_path, name, rule, params=params, wildcards={wildcard: name})

    return make


def test_a_data_set_of_many_files_is_one_row(told, tmp_path):
    other = PACKAGED | {"release": PACKAGED["release"] | {"dataset": "pinel2007"}}
    files = [raw(tmp_path, f"bold{n}.gz", PACKAGED) for n in range(tables.MANY + 1)]
    found = told(*files, raw(tmp_path, "one.gz", other)).raw
    sets = tables.datasets(found).rows
    assert [(row[0], row[3], row[4]) for row in sets] == [
        ("haxby2001", 11, "110 bytes"),
        ("pinel2007", 1, "10 bytes"),
    ]
    assert [row[:2] for row in tables.raw_files(found).rows] == [("pinel2007", "one.gz")]
    assert len(tables.raw_files(found, most=11).rows) == 12


def test_columns_that_say_nothing_are_left_out():
    table = Table("t", ("a", "b", "c"), [("x", "", 0), ("y", "", "")])
    assert tables.trimmed(table) == Table("t", ("a", "c"), [("x", 0), ("y", "")])


def test_shared_parameters_stand_apart_from_those_that_differ(told, fit):
    first = fit("bert", plan={"seed": 0, "alphas": [1]}, code="aa", key={"x": 1}, part=[0, 2])
    second = fit("glove", plan={"seed": 0, "alphas": [1, 2]}, code="bb", key={"x": 2}, part=[1, 2])
    same, other = tables.parameters(told(first, second))
    assert same.title == "Parameters of bert, glove"
    assert same.rows == [("plan.seed", "0")]
    assert other.columns == ("parameter", "bert", "glove")
    assert other.rows == [("plan.alphas", "[1]", "[1, 2]")]


def test_a_parameter_that_only_one_has_differs(told, fit):
    first = fit("svm", "classify", "decoder", decoder={"C": 1})
    second = fit("words", "identify", "decoder", decoder={"alpha": 1})
    _, other = tables.parameters(told(first, second))
    assert other.rows == [("decoder.C", "1", ""), ("decoder.alpha", "", "1")]


def test_what_only_gathers_fits_chooses_nothing(told, fit):
    same, other = tables.parameters(told(fit("bert", "encode", chance={"n_draws": 9})))
    assert (same.rows, other.rows) == ([], [])


def test_steps_are_added_up_by_rule(told, tmp_path):
    fits = [
        write(tmp_path, f"fit{n}", "fit", usage__seconds=70.0, usage__peak_rss_bytes=n * 10**9)
        for n in (1, 2)
    ]
    rows = tables.stages(told(*fits)).rows
    assert rows[1] == ("fit", 2, "2.3 min", "2.0 GB", "cpu")


def test_the_same_seed_of_many_jobs_is_one_row(told, fit):
    jobs = (fit("a", seed=1), fit("b", seed=1), fit("c", "classify", "decoder", seed=2))
    assert tables.seeds(told(*jobs)).rows == [("classify", "seed", "2"), ("fit", "seed", "1")]


def test_a_changed_tree_is_named(told, tmp_path):
    changed = write(tmp_path, "a", "fit", code__commit=None, code__dirty=True)
    assert tables.code(told(changed)).rows == [
        (Digest("c" * 40), "as committed", 1, "slices"),
        (Digest("no commit"), "uncommitted changes", 1, "fit"),
    ]


def test_a_package_of_two_versions_says_how_many_steps_used_each():
    assert tables.software({"numpy": {"2.4": 3}, "h5py": {"3": 1, "4": 2}}).rows == [
        ("numpy", "2.4"),
        ("h5py", "3 (1 steps), 4 (2 steps)"),
    ]


def test_kernels_are_told_as_far_as_the_library_tells_them(told):
    [host] = told().hosts
    blas = [
        {"internal_api": "openblas", "version": "0.3", "architecture": "Zen", "num_threads": 4},
        {"internal_api": "openmp", "version": None, "architecture": None, "num_threads": 1},
    ]
    [row] = tables.hosts(replace(told(), hosts=[replace(host, blas=blas)])).rows
    assert row[4] == "openblas 0.3 Zen x 4, openmp x 1"


@pytest.mark.parametrize(
    ("seconds", "text"), [(99.94, "99.9 s"), (120, "2.0 min"), (5940, "99.0 min"), (7200, "2.0 h")]
)
def test_durations_have_the_unit_that_reads_best(seconds, text):
    assert tables.duration(seconds) == text
