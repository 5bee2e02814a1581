"""Which jobs run again, what they are given, and what is said of them first."""

from pathlib import Path

import pytest
from chains import PACKAGED, described, raw, write

from braid.errors import BadInput
from braid.provenance.chain import chain
from braid.provenance.replay.asked import asked_otherwise, ran_otherwise
from braid.provenance.replay.sampled import Sample, models, read_by_sample, target
from braid.provenance.replay.scope import scope
from braid.provenance.shelf import read

NAMES = {"source": "twin", "study": "toy", "subject": "S1", "fit": "bert"}


@pytest.fixture
def figure(tmp_path):
    """From a package over a twin to a figure that also reads surfaces and the planted truth."""
    package = raw(tmp_path, "package.gz", PACKAGED)
    twin = write(tmp_path, "simulate", "simulate", [package])
    simulated = {"origin": PACKAGED | {"simulated": True}}
    bold, mesh = (
        write(tmp_path, f"fetch/{name}", "fetch", [twin], params=simulated)
        for name in ("bold", "mesh")
    )
    surface = write(tmp_path, "surface", "surface", [mesh])
    respond = write(tmp_path, "respond", "respond", [bold])
    weights = write(tmp_path, "model", "fetch_model")
    align = write(tmp_path, "align", "align", [weights])
    fit = write(tmp_path, "fit", "fit", [respond, align], ["resources/table.tsv"])
    scores = [described("results/encode.nc", "scores")]
    encode = write(tmp_path, "encode", "encode", [fit], wildcards=NAMES, outputs=scores)
    recover = write(tmp_path, "recover", "recover", [encode, twin])
    return tmp_path / write(tmp_path, "figure", "recovery", [recover, surface])


def names(part):
    return [record.rule for record in part.again], sorted(Path(f.path).stem for f in part.given)


def test_all_is_made_again_from_what_was_fetched_and_a_twin_simulated(figure):
    rules, given = names(scope(chain(figure), None))
    assert rules[0] == "recovery"
    assert sorted(rules[1:]) == [
        "align",
        "encode",
        "fetch",
        "fetch",
        "fit",
        "recover",
        "respond",
        "simulate",
        "surface",
    ]
    assert given == ["model", "package"]


def test_a_stage_is_given_and_nothing_upstream_of_it_runs(figure):
    assert names(scope(chain(figure), "encode")) == (
        ["recovery", "recover", "surface"],
        ["encode", "mesh", "simulate"],
    )
    rules, given = names(scope(chain(figure), "respond"))
    assert (sorted(rules), given) == (
        ["align", "encode", "fit", "recover", "recovery", "surface"],
        ["mesh", "model", "respond", "simulate"],
    )


def test_a_stage_that_is_not_behind_the_figure_is_refused(figure):
    with pytest.raises(BadInput, match="no extract stands behind it"):
        scope(chain(figure), "extract")
    with pytest.raises(BadInput, match="no recovery stands behind it"):
        scope(chain(figure), "recovery")


def test_a_missing_record_matters_where_its_job_would_run(figure):
    (figure.parent / "align.prov.json").unlink()
    assert names(scope(chain(figure), "encode"))[0] == ["recovery", "recover", "surface"]
    with pytest.raises(BadInput, match="align"):
        scope(chain(figure), None)


def test_a_sample_reads_scores_and_what_their_fits_read(figure):
    found = chain(figure)
    [model] = models(found)
    assert target(model, Sample(500, 3)) == "results/twin/sample/toy/S1/bert/500-3.nc"
    [scores] = list(read_by_sample(model, found))
    assert (scores.path, scores.made_by.record) == ("results/encode.nc", model.path)


def test_without_an_encoding_model_there_is_no_sample(figure):
    with pytest.raises(BadInput, match="no encoding model"):
        models(chain(figure.parent / "align.prov.json"))


def test_passports_say_what_was_asked_otherwise(tmp_path):
    asked = {"fit": {"alphas": [1], "label": "x"}, "seed": 0}
    first = read(tmp_path / write(tmp_path, "a", "fit", params=asked, tracked=["t.tsv"]))
    assert asked_otherwise(first, first) == ""
    params = {"fit": {"alphas": [2], "label": "x"}, "seed": 0}
    inputs = [described("t.tsv", "table", sha256="0" * 64)]
    changes = {"params": params, "inputs": inputs, "passport": "1" * 64}
    second = read(tmp_path / write(tmp_path, "b", "fit", **changes))
    assert asked_otherwise(first, second) == f"{first.path}: asked for other fit.alphas, t.tsv"


def test_what_did_not_run_the_commit_is_named(tmp_path):
    clean = read(tmp_path / write(tmp_path, "a", "align"))
    dirty = read(tmp_path / write(tmp_path, "b", "fit", code__dirty=True))
    moved = read(tmp_path / write(tmp_path, "c", "encode", code__commit="d" * 40))
    assert ran_otherwise([clean], "c" * 40) == []
    said = ran_otherwise([clean, dirty, moved], "c" * 40)
    assert [remark.split(" ran ")[0] for remark in said] == ["fit", "encode"]
    assert "uncommitted" in said[0]
