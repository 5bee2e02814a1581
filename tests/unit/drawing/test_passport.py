"""A passport goes where the figure goes, and changes no byte from one drawing to the next."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

from braid.drawing.passport import Passport, read, write, write_page, write_rows
from braid.drawing.style import canvas, style
from braid.errors import BadInput

PASSPORT = Passport("0123456789abcdef" * 4, "A line", "Goes up", simulated=True)


@style
def draw():
    figure = canvas(4, 3)
    axes = figure.subplots()
    axes.plot([0, 1], label="line")
    axes.set(xlabel="a label at the foot")
    axes.legend()
    return figure


@style
def draw_parts():
    figure = canvas(4, 3)
    for part in figure.subfigures(2, 1):
        part.subplots(1, 2)[0].plot([0, 1])
    return figure


def write_all(folder, passport=PASSPORT):
    files = {kind: folder / f"figure.{kind}" for kind in ("png", "svg", "html", "csv")}
    write(draw(), {kind: files[kind] for kind in ("png", "svg")}, passport)
    write_page("<html><head><title>t</title></head></html>", files["html"], passport)
    write_rows(pd.DataFrame({"r": [0.5, np.nan]}), files["csv"], passport)
    return files


@pytest.mark.parametrize("kind", ["png", "svg", "html", "csv"])
def test_a_passport_survives_copy_and_rename(tmp_path, kind):
    path = write_all(tmp_path)[kind]
    copy = tmp_path / "renamed without suffix"
    shutil.copyfile(path, copy)
    path.unlink()
    assert read(copy) == PASSPORT.digest


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    first, second = write_all(tmp_path / "a"), write_all(tmp_path / "b")
    for kind in first:
        assert first[kind].read_bytes() == second[kind].read_bytes(), kind


class Shaky(ConstrainedLayoutEngine):
    """What solves a layout rounds otherwise in another process."""

    error = 0.0

    def execute(self, fig):
        super().execute(fig)
        for part in fig.subfigs:
            part.bbox_relative.bounds = np.add(part.bbox_relative.bounds, self.error)
        for axes in fig.axes:
            axes.set_position(np.add(axes.get_position(original=True).bounds, self.error))


@pytest.mark.parametrize("kind", ["png", "svg"])
@pytest.mark.parametrize("parts", [1, 2])
def test_the_last_digits_of_a_layout_change_no_byte(tmp_path, kind, parts):
    for error in (0, 1e-15):
        figure = draw() if parts == 1 else draw_parts()
        figure.set_layout_engine(Shaky())
        figure.get_layout_engine().error = error
        write(figure, {kind: tmp_path / str(error)}, PASSPORT)
    first, second = tmp_path.iterdir()
    assert first.read_bytes() == second.read_bytes()


def test_the_bytes_know_no_date(tmp_path):
    svg = write_all(tmp_path)["svg"].read_text()
    assert "dc:date" not in svg


def test_simulated_data_is_said_in_the_picture_and_in_the_metadata(tmp_path):
    twin, real = (
        write_all(tmp_path / "a"),
        write_all(tmp_path / "b", replace(PASSPORT, simulated=False)),
    )
    with Image.open(twin["png"]) as one, Image.open(real["png"]) as other:
        assert "simulated data" in one.info["Description"]
        assert "measured data" in other.info["Description"]
        rows, columns = np.nonzero(
            np.asarray(one.convert("L"), int) != np.asarray(other.convert("L"), int)
        )
        height, width = np.asarray(one).shape[:2]
    assert rows.size > 100
    assert rows.min() > height * 0.9
    assert columns.max() < width * 0.4


def test_the_foot_line_covers_nothing(tmp_path):
    figure = draw()
    write(figure, {"png": tmp_path / "figure.png"}, PASSPORT)
    label = figure.axes[0].xaxis.label.get_window_extent()
    assert all(not label.overlaps(text.get_window_extent()) for text in figure.texts)
    assert len(figure.texts) == 2


def test_a_signed_table_is_read_by_a_plain_reader(tmp_path):
    rows = pd.read_csv(write_all(tmp_path)["csv"])
    assert rows["r"].iloc[0] == 0.5
    assert set(rows["passport"]) == {PASSPORT.digest}
    assert set(rows["data"]) == {"simulated data"}


@pytest.mark.parametrize("content", [b"", b"r\n0.5\n", b"<svg/>", b"\xff\xfe\x00"])
def test_a_file_without_passport_is_refused(tmp_path, content):
    path = tmp_path / "figure"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="no passport"):
        read(path)


def test_a_png_of_someone_else_is_refused(tmp_path):
    Image.new("RGB", (2, 2)).save(tmp_path / "x.png")
    with pytest.raises(BadInput, match="no passport"):
        read(tmp_path / "x.png")


def test_a_drawing_that_fails_leaves_nothing(tmp_path):
    figure = draw()
    figure.axes[0].set_title("$\\broken{$")
    with pytest.raises(ValueError, match="broken"):
        write(figure, {"png": tmp_path / "figure.png"}, PASSPORT)
    assert list(tmp_path.iterdir()) == []
