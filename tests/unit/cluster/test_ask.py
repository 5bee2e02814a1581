"""Commands that are not there, hang, or fail: one error each."""

import pytest

from braid.cluster.ask import ask, has, tried
from braid.errors import BadInput


def test_what_it_prints():
    assert ask(["echo", "cpu|2"]) == "cpu|2\n"


def test_a_command_that_is_not_here():
    assert not has("sinfo-of-nowhere")
    with pytest.raises(BadInput, match="login node"):
        ask(["sinfo-of-nowhere"])


def test_one_that_hangs_is_given_up():
    with pytest.raises(BadInput, match="no answer within 0 s"):
        ask(["sleep", "60"], patience=0.2)


def test_one_that_fails_says_why():
    with pytest.raises(BadInput, match="exit 3: slurm_load: Connection refused"):
        ask(["sh", "-c", "echo 'slurm_load:  Connection\nrefused' >&2; exit 3"])


def test_one_that_may_fail():
    assert tried(["sh", "-c", "echo over; exit 1"]).stdout == "over\n"
