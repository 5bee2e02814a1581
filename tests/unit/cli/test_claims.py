"""What `braid claims` says of the studies of the repository."""

import pytest
from rich.console import Console

from braid.cli.claims import claims, show
from braid.errors import BadInput


def test_without_results_nothing_was_run_and_all_is_listed(tmp_path):
    judged, contradicting = claims([], tmp_path)
    studies = {"haxby2001", "kobayashi2025", "luo2025", "pinel2007", "takagi2023"}
    assert {one.study for one in judged} == studies
    assert {one.outcome for one in judged} == {"not run here"}
    assert {one.study for one in contradicting} == {one.study for one in judged}


def test_people_get_a_table_counts_and_contradictions(tmp_path):
    console = Console(record=True, width=200)
    show(*claims(["haxby2001"], tmp_path), console)
    text = console.export_text()
    assert "haxby2001 (0.008 GB, files: 1)" in text
    assert "5 printed numbers: 5 not run here." in text
    assert "haxby2001, Documentation (first paragraph), labels of the volumes: Blocks" in text
    assert "kobayashi2025" not in text


def test_a_study_without_claims_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"nobody2000: no claims\n.*known are: haxby2001"):
        claims(["nobody2000"], tmp_path)
