"""A figure is published whole, under one passport, or not at all."""

from types import SimpleNamespace

import pandas as pd
import pytest

from braid.drawing.passport import read
from braid.drawing.publish import passport_of, publish
from braid.drawing.style import canvas

DIGEST = "0123456789abcdef" * 4
ROWS = pd.DataFrame({"subject": ["S1"], "r": [0.5]})
ROLES = {"png": "png", "svg": "svg", "csv": "csv", "findings": "txt"}


@pytest.fixture
def passport():
    return passport_of(DIGEST, {"title": "A line", "caption": "Goes up", "simulated": True})


@pytest.fixture
def outputs(tmp_path):
    folder = tmp_path / "figures"
    return SimpleNamespace(**{role: str(folder / f"line.{end}") for role, end in ROLES.items()})


def draw(label="r"):
    figure = canvas(3, 2)
    figure.subplots().set_ylabel(label)
    return figure


def test_picture_and_numbers_carry_the_same_passport(tmp_path, outputs, passport):
    publish(outputs, passport, draw(), ROWS, ["S1: r 0.5."])
    digests = {end: read(tmp_path / "figures" / f"line.{end}") for end in ("png", "svg", "csv")}
    assert digests == dict.fromkeys(("png", "svg", "csv"), DIGEST)
    assert pd.read_csv(outputs.csv)["r"].tolist() == [0.5]
    assert "<dc:title>A line</dc:title>" in (tmp_path / "figures" / "line.svg").read_text()


def test_each_finding_is_a_line(tmp_path, outputs, passport):
    publish(outputs, passport, draw(), ROWS, ["S1: r\u00b2 0.5.", "S2: none."])
    assert (tmp_path / "figures" / "line.txt").read_bytes() == b"S1: r\xc2\xb2 0.5.\nS2: none.\n"


@pytest.mark.parametrize(
    ("label", "findings"), [("$\\broken{$", ["fine"]), ("fine", ["\ud800 is no character"])]
)
def test_nothing_is_left_when_one_of_them_fails(tmp_path, outputs, passport, label, findings):
    with pytest.raises(ValueError, match=r"broken|surrogates"):
        publish(outputs, passport, draw(label), ROWS, findings)
    assert list((tmp_path / "figures").iterdir()) == []
