"""The configuration: what it may say, and that it holds no secrets."""

import traceback
from datetime import date

import pytest

from braid.errors import BadInput
from braid.study import load_config

ACCEPTED = {"accepted_by": "Ada, Lab", "accepted_on": "2026-01-31"}


@pytest.mark.fault(44)
@pytest.mark.parametrize(
    "place",
    [
        "https://lab:CANARY@host/ds1",
        "https://CANARY@host/ds1",
        "ssh://lab:CANARY@host/ds1",
        "ria+https://lab:CANARY@host/store#~ds1",
    ],
)
def test_a_mirror_with_a_login_is_refused_without_repeating_it(place):
    with pytest.raises(BadInput, match=r"mirrors\.ds1: .*\.netrc") as error:
        load_config({"mirrors": {"ds1": place}})
    assert "CANARY" not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize(
    "place",
    [
        "/data/ds1",
        "../ds1@2",
        "git@host:lab/ds1.git",
        "ssh://git@host:22/ds1",
        "https://host:8080/ds1@v1",
        "s3://bucket/ds1",
        "ria+ssh://lab@host:/store#~ds1",
    ],
)
def test_other_mirrors_are_taken_as_they_are(place):
    assert load_config({"mirrors": {"ds1": place}}).mirrors == {"ds1": place}


def test_an_acceptance_names_a_person_and_a_day():
    found = load_config({"licences": {"nsd": ACCEPTED}}).licences["nsd"]
    assert found.accepted_on == date(2026, 1, 31)
    assert str(found) == "Ada, Lab, 2026-01-31"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"accepted_by": " "}, "licences.nsd.accepted_by"),
        ({"accepted_on": "yesterday"}, "licences.nsd.accepted_on"),
        ({"also": "me"}, "licences.nsd.also"),
    ],
)
def test_an_acceptance_that_says_less_or_more_is_refused(change, problem):
    with pytest.raises(BadInput, match=problem):
        load_config({"licences": {"nsd": ACCEPTED | change}})


@pytest.mark.parametrize(("given", "kind"), [("a100", "a100"), (3090, "3090"), (None, None)])
def test_a_kind_of_gpu_may_be_a_number_to_yaml(given, kind):
    assert load_config({"gpu_model": given}).gpu_model == kind


def test_a_kind_of_gpu_that_the_executor_would_not_take_is_refused():
    with pytest.raises(BadInput, match="gpu_model"):
        load_config({"gpu_model": "a100 sxm"})
