"""A line of the profile is changed, everything else stays to the byte."""

import pytest
import yaml

from braid.cluster.profile import line_set
from braid.errors import BadInput

PROFILE = """\
executor: slurm
# squeue forgets what ended; slurm-status-command: see below
slurm-status-command: squeue   # SITE: by MinJobAge
default-resources:
  slurm_partition: cpu             # SITE
  # slurm_account: lab             # SITE: only where the cluster asks for one
  runtime: 60                      # minutes
"""


def test_a_value_changes_and_its_comment_stays_in_its_column():
    text = line_set(PROFILE, "slurm-status-command", "sacct")
    assert text == PROFILE.replace("squeue   # SITE", "sacct    # SITE")


def test_a_longer_value_moves_the_comment():
    text = line_set(PROFILE, "slurm_partition", "a_partition_with_a_long_name")
    assert "  slurm_partition: a_partition_with_a_long_name  # SITE\n" in text


def test_a_line_that_is_commented_out_comes_into_force_and_goes_back():
    text = line_set(PROFILE, "slurm_account", "brains")
    assert yaml.safe_load(text)["default-resources"]["slurm_account"] == "brains"
    assert "# SITE: only where the cluster asks for one" in text
    back = line_set(text, "slurm_account", None)
    assert back == PROFILE.replace(": lab   ", ": brains")
    assert "slurm_account" not in yaml.safe_load(back)["default-resources"]


def test_the_same_value_again_changes_nothing():
    assert line_set(PROFILE, "slurm-status-command", "squeue") == PROFILE
    text = line_set(PROFILE, "slurm_account", "brains")
    assert line_set(text, "slurm_account", "brains") == text


def test_the_last_line_needs_no_end():
    assert line_set("jobs: 100", "jobs", "20") == "jobs: 20"


def test_a_key_that_has_no_line_is_one_error():
    with pytest.raises(BadInput, match="slurm-qos"):
        line_set(PROFILE, "slurm-qos", "long")
