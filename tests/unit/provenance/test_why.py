"""What a story tells, against records whose content is known."""

from pathlib import Path

import pytest
from chains import PACKAGED, described, digest, raw, write
from matplotlib.figure import Figure

from braid.drawing import passport
from braid.provenance.chain import chain
from braid.provenance.shelf import read
from braid.provenance.why import story, why

ANNEXED = {
    "release": {
        "dataset": "ds003020",
        "version": "3.1.0",
        "commit": "f74eb2bc" * 5,
        "package": None,
        "licence": "CC0",
    },
    "package": None,
    "place": "https://example.org/ds003020",
    "simulated": False,
    "locked": {"algorithm": "md5", "digest": "ab" * 16},
}
KEY = {"annex_key": f"MD5E-s10--{'ab' * 16}.hf5"}
HUB = {
    "model": "bert",
    "kind": "hub",
    "origin": "google/bert",
    "revision": "6da4",
    "files": {"vocab.txt": "12" * 32},
    "licence": "Apache-2.0",
}


def told(root, record):
    return story(chain(Path(root, record)))


def fetched(root, origin, file=None):
    [found] = told(root, write(root, "map", "slices", [raw(root, "bold.hf5", origin, file)])).raw
    return found


def weights(root, model, files):
    made = [described("results/bert", "folder", files=files)]
    record = write(root, "bert", "fetch_model", params={"model": model}, outputs=made)
    [found] = told(root, write(root, "map", "slices", [record])).weights
    return found


@pytest.fixture
def diamond(tmp_path):
    """Two fits of one recording, and a figure of both."""
    bold = raw(tmp_path, "bold.tgz", PACKAGED)
    respond = write(tmp_path, "bold", "respond", [bold], ["resources/sets.tsv"])
    asked = {"plan": {"seed": 3, "alphas": [1, 10]}, "part": [0, 1]}
    fits = [
        write(tmp_path, name, "fit", [respond], ["resources/sets.tsv"], asked, usage__seconds=5.0)
        for name in ("bert", "glove")
    ]
    return write(tmp_path, "map", "slices", fits, usage__peak_rss_bytes=900)


def test_each_step_is_told_once_the_figure_first(diamond, tmp_path):
    found = told(tmp_path, diamond)
    assert [step.rule for step in found.steps] == ["slices", "fit", "fit", "respond", "fetch"]
    assert found.record == diamond
    fit = found.steps[1]
    assert fit.made_from == ["results/bold.prov.json"]
    assert fit.params == {"plan.seed": 3, "plan.alphas": [1, 10], "part": [0, 1]}
    assert fit.seeds == {"plan.seed": 3}
    assert [(i.path, i.sha256, i.record) for i in fit.inputs] == [
        ("results/bold.nc", digest("results/bold.nc"), "results/bold.prov.json"),
        ("resources/sets.tsv", digest("resources/sets.tsv"), None),
    ]
    assert found.gaps == []


def test_totals_are_sums_but_memory_is_the_largest(diamond, tmp_path):
    totals = told(tmp_path, diamond).totals
    assert (totals.steps, totals.seconds, totals.cpu_seconds) == (5, 13.0, 10.0)
    assert (totals.peak_rss_bytes, totals.raw_files, totals.raw_bytes) == (900, 1, 10)


def test_tracked_inputs_are_counted(diamond, tmp_path):
    [table] = told(tmp_path, diamond).tracked
    assert (table.path, table.steps) == ("resources/sets.tsv", 3)


@pytest.mark.parametrize(("pinned", "word"), [(digest("it"), "same"), ("0" * 64, "differs")])
def test_a_packaged_file_is_compared_with_its_pin(pinned, word, tmp_path):
    origin = PACKAGED | {"package": {"sha256": pinned}}
    file = fetched(tmp_path, origin, {"sha256": digest("it")})
    assert (file.lock, file.place, file.version) == (word, "package pymvpa2", "2.6.5")


@pytest.mark.parametrize(
    ("algorithm", "locked", "file", "word"),
    [
        ("md5", "ab" * 16, KEY, "same"),
        ("md5", "cd" * 16, KEY, "differs"),
        ("md5", "ab" * 16, {}, "checked when fetched"),
        ("etag", f"{'ab' * 16}-5", KEY, "checked when fetched"),
        ("sha256", "ef" * 32, {"sha256": "ef" * 32}, "same"),
        ("sha256", "ef" * 32, {"sha256": "ee" * 32}, "differs"),
    ],
)
def test_a_file_of_a_data_set_is_compared_with_its_lock(algorithm, locked, file, word, tmp_path):
    origin = ANNEXED | {"locked": {"algorithm": algorithm, "digest": locked}}
    assert fetched(tmp_path, origin, file).lock == word


def test_a_twin_bears_neither_commit_nor_licence_of_the_real_data(tmp_path):
    twin = ANNEXED | {"simulated": True, "locked": None, "place": "results/twin/simulate/x"}
    file = fetched(tmp_path, twin, KEY)
    assert (file.version, file.licence, file.lock) == ("simulated here", "as BRAID", "no lock")
    assert file.simulated
    assert told(tmp_path, "results/map.prov.json").simulated
    real = fetched(tmp_path, ANNEXED, KEY)
    assert (real.version, real.licence, real.simulated) == ("f74eb2bc" * 5, "CC0", False)
    assert not told(tmp_path, "results/map.prov.json").simulated


def test_weights_are_compared_with_their_pins(tmp_path):
    assert weights(tmp_path, HUB, HUB["files"]).lock == "same"
    assert weights(tmp_path, HUB, {"vocab.txt": "21" * 32}).lock == "differs"
    packaged = weights(tmp_path, HUB | {"kind": "package"}, {"vocab.txt": "21" * 32})
    assert (packaged.lock, packaged.files) == ("checked when fetched", {"vocab.txt": "21" * 32})


def test_an_absent_and_an_invalid_record_are_gaps_and_the_rest_is_told(diamond, tmp_path):
    Path(tmp_path, "results/bert.prov.json").unlink()
    Path(tmp_path, "results/bold.prov.json").write_text("{}")
    found = told(tmp_path, diamond)
    assert [step.rule for step in found.steps] == ["slices", "fit"]
    assert [gap.path for gap in found.gaps] == ["results/bert.prov.json", "results/bold.prov.json"]
    assert found.gaps[0].problem.startswith("record: not readable")


def test_a_result_that_no_record_accounts_for_is_a_gap(tmp_path):
    record = write(tmp_path, "map", "slices", tracked=["results/orphan.nc", "resources/a.tsv"])
    found = told(tmp_path, record)
    assert [gap.path for gap in found.gaps] == ["results/orphan.nc"]
    assert [table.path for table in found.tracked] == ["resources/a.tsv"]


def test_states_of_the_code_are_told_apart(tmp_path):
    first = write(tmp_path, "a", "fit", code__commit="a" * 40, code__dirty=True)
    second = write(tmp_path, "b", "search", code__commit="a" * 40, code__dirty=True)
    states = told(tmp_path, write(tmp_path, "map", "slices", [first, second])).code
    assert [(s.commit, s.dirty, s.steps, s.rules) for s in states] == [
        ("c" * 40, False, 1, ["slices"]),
        ("a" * 40, True, 2, ["fit", "search"]),
    ]


def test_differing_versions_are_counted(tmp_path):
    old = write(tmp_path, "a", "fit", software__packages={"numpy": "2.3", "h5py": "3"})
    found = told(tmp_path, write(tmp_path, "map", "slices", [old])).software
    assert found == {"h5py": {"3": 1}, "numpy": {"2.4": 1, "2.3": 1}, "python": {"3.11.7": 2}}


def test_jobs_of_a_cluster_share_a_machine_and_libraries_have_no_order(tmp_path):
    one, other = {"internal_api": "openblas"}, {"internal_api": "openmp"}
    machine = {"OMP_NUM_THREADS": "1", "SLURM_JOB_ID": "17"}
    job = write(tmp_path, "a", "fit", machine__env=machine, software__blas=[one, other])
    same = {"OMP_NUM_THREADS": "1", "SLURM_JOB_ID": "18"}
    swapped = {"machine__env": same, "software__blas": [other, one]}
    found = told(tmp_path, write(tmp_path, "map", "slices", [job], **swapped))
    [host] = found.hosts
    assert (host.env, host.blas, host.steps) == ({"OMP_NUM_THREADS": "1"}, [one, other], 2)
    assert [step.cluster_job for step in found.steps] == ["18", "17"]


def test_a_figure_is_known_wherever_it_was_copied(tmp_path):
    record = write(tmp_path, "twin/figures/toy/map", "slices")
    carried = passport.Passport(read(tmp_path / record).passport, "t", "d", simulated=False)
    passport.write(Figure(layout="constrained"), {"png": tmp_path / "renamed.png"}, carried)
    assert why(tmp_path / "renamed.png", tmp_path / "results").record == record
