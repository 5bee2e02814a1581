"""Pictures from the brain of the twin, from nothing: what z and c carry, and that nulls do not.

Half an hour on two cores, most of it training: `make long` runs it, `make test` does not. It makes
the results of the study where they belong, and goes on from those that are there.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from braid.evaluation.picture_findings import checks
from braid.store import load

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "results/twin"
NULLS = ("noise", "shuffled", "other")

pytestmark = pytest.mark.long


@pytest.fixture(scope="module", autouse=True)
def made() -> None:
    """Everything that the study shows of the twin."""
    command = [sys.executable, "-m", "snakemake", "--config", "source=twin", "--", "takagi2023"]
    subprocess.run(command, cwd=ROOT, check=True)


def test_conditional_samples_show_what_their_caption_says():
    folder = RESULTS / "diffuse/takagi2023/scene_diffusion"
    outcome = json.loads((folder / "training.json").read_text())
    assert outcome["chance"] <= 0.2
    assert outcome["low"] > 0.6
    assert outcome["accuracy"] > 0.7


def test_z_keeps_layout_c_keeps_category_both_beat_either_and_nulls_have_nothing():
    """Each with a margin and its 95 % interval over pictures, for every subject and their mean."""
    paths = sorted((RESULTS / "evaluate/takagi2023").glob("*/*.nc"))
    evaluated = [load(path, {"value": ("metric", "image")}) for path in paths]
    found = checks(evaluated, NULLS, seed=0)
    assert set(found["subject"]) == {"subj01", "subj02", "mean"}
    assert found["holds"].all(), found.loc[~found["holds"]].to_string()
