"""What is blotted out before it leaves the machine."""

import pytest

from braid.provenance.crate.private import HIDDEN, public


@pytest.mark.parametrize("place", ["/home/ada/data", "~/data", "file:///data"])
def test_places_of_the_machine_are_hidden_however_deep(place):
    assert public({"origin": [{"place": place}]}) == {"origin": [{"place": HIDDEN}]}


@pytest.mark.parametrize("place", ["results/a.nc", "https://data.localhost/x", "s3://lab", "n/a"])
def test_other_places_stay(place):
    assert public({"place": place, "runs": [1, 0.5, None, True]}) == {
        "place": place,
        "runs": [1, 0.5, None, True],
    }


def test_logins_in_addresses_are_hidden():
    assert public("https://ada:CANARY@mirror.localhost") == "https://***@mirror.localhost"
