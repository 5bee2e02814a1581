"""What a person sees of a story in a terminal, and what a machine gets."""

import io
import json
from pathlib import Path

import pytest
from chains import PACKAGED, raw, write
from rich.console import Console

from braid.cli.why import as_json, show
from braid.provenance.chain import chain
from braid.provenance.why import story

PATH = "surf[pia].nii.gz"  # rich would take the brackets for markup


@pytest.fixture
def head(tmp_path):
    """A figure of one decoder and five fits of one recording."""
    bold = write(tmp_path, "bold", "respond", [raw(tmp_path, PATH, PACKAGED)])
    fits = [
        write(tmp_path, f"f{n}", "fit", [bold], wildcards={"fit": f"f{n}"}, usage__seconds=60.0)
        for n in range(5)
    ]
    decoder = write(tmp_path, "svm", "classify", [bold], wildcards={"decoder": "svm"})
    return write(tmp_path, "map", "slices", [*fits, decoder])


def told(root, record):
    return story(chain(Path(root, record)))


def shown(found, **options):
    console = Console(file=io.StringIO(), width=120)
    show(found, console, **options)
    return console.file.getvalue()


def test_siblings_of_one_rule_are_one_line(head, tmp_path):
    lines = shown(told(tmp_path, head)).splitlines()
    assert lines[0].startswith("slices map: 1.0 s, 100 bytes, ")
    assert lines[1] == "├── fit: 5 jobs, 5.0 min, up to 100 bytes"
    assert lines[2].startswith("│   └── respond bold: 1.0 s, 100 bytes, ")
    assert lines[3].startswith(f"│       └── fetch {PATH}: 1.0 s")


def test_what_two_steps_share_is_shown_once(head, tmp_path):
    lines = shown(told(tmp_path, head)).splitlines()
    assert lines[4].startswith("└── classify svm: ")
    assert lines[5] == "    └── respond bold, see above"


def test_every_step_has_its_own_line_when_unfolded(head, tmp_path):
    found = told(tmp_path, head)
    tree, _, _ = shown(found, unfold=True).partition("\n9 steps")
    for step in found.steps:
        assert tree.count(step.outputs[0].sha256[:12]) == 1
    assert "jobs" not in tree


def test_sums_follow_the_tree(head, tmp_path):
    assert "9 steps, 5.1 min, up to 100 bytes; raw files: 1, 10 bytes\n" in shown(
        told(tmp_path, head)
    )


def test_simulated_responses_are_said(tmp_path):
    twin = PACKAGED | {"simulated": True, "package": None}
    record = write(tmp_path, "map", "slices", [raw(tmp_path, "bold.gz", twin)])
    assert "responses were simulated" in shown(told(tmp_path, record))
    assert "simulated here" in shown(told(tmp_path, record))


def test_a_missing_record_is_seen_in_the_tree_and_below_it(head, tmp_path):
    Path(tmp_path, "results/bold.prov.json").unlink()
    text = shown(told(tmp_path, head))
    assert "? 1 job without a valid record" in text
    assert "Gaps in the chain" in text
    assert "results/bold.prov.json" in text


def test_a_table_says_what_the_files_are(head, tmp_path):
    text = shown(told(tmp_path, head))
    assert "Gaps" not in text
    assert "package pymvpa2" in text
    assert "Software: numpy 2.4, python 3.11.7" in text


def test_many_raw_files_stand_in_the_table_only_when_unfolded(tmp_path):
    files = [raw(tmp_path, f"run{n:02}.gz", PACKAGED) for n in range(11)]
    found = told(tmp_path, write(tmp_path, "map", "slices", files))
    assert "run07.gz" not in shown(found)
    # In the tree, and in the table.
    assert shown(found, unfold=True).count("run07.gz") == 2


def test_machines_get_everything_under_stable_names(head, tmp_path):
    found = json.loads(as_json(told(tmp_path, head)))
    assert list(found) == [
        "record",
        "passport",
        "simulated",
        "steps",
        "raw",
        "weights",
        "tracked",
        "code",
        "software",
        "hosts",
        "gaps",
        "totals",
    ]
    assert len(found["steps"]) == 9
    assert len(found["raw"][0]["sha256"]) == 64
    assert found["raw"][0]["path"] == PATH
    assert found["steps"][1]["inputs"][0]["record"] == "results/bold.prov.json"
