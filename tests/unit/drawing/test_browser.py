"""The report and its viewer in a real browser, offline."""

import io
import shutil
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from braid.drawing.panels import Panel
from braid.drawing.passport import Passport, read, write, write_page
from braid.drawing.report import Digest, Entry, Origins, Report, Study, Table, render
from braid.drawing.style import canvas
from braid.drawing.viewer import view

pytestmark = pytest.mark.browser
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
LEFT, RIGHT = (253, 231, 37), (68, 1, 84)  # both ends of viridis


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def page_file(subject, templates, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    passport = Passport("ab" * 32, "map", "a planted half", simulated=True)
    figure = canvas(6, 3)
    figure.subplots().plot([0, 1])
    write(figure, {"png": folder / "map.png"}, passport)
    halves = np.where(subject.x < 0, 1.0, 0.0)
    panel = Panel("planted <halves>", subject.name, subject.transform, halves)
    viewer = view(
        "map",
        [panel],
        subject.filestore,
        templates / "viewer.html.j2",
        "r",
        True,
        value_limits=(0, 1),
    )
    place = "https://example.org/" + "long/" * 30
    wide = Table("Wide", ("place", "sha256"), [(place, Digest("ab" * 32))])
    entry = Entry(
        "twin_map",
        "Map",
        "Left is high.",
        (folder / "map.png").read_bytes(),
        passport.digest,
        "results/twin/figures/map.prov.json",
        Origins("✓ verified", "9 files were compared.", (wide,)),
        simulated=True,
        verdicts=("above chance",),
        viewer=viewer,
    )
    methods = {"encode": "A ridge was fitted."}
    study = Study("twin", "A twin", "Nobody (2001)", (entry,), methods, wide, wide, ("A or B",))
    report = Report("Report", "What this is.", "0" * 40, (study,), (wide,), wide)
    write_page(render(report, templates / "report.html.j2"), folder / "report.html", passport)
    return folder / "report.html"


@pytest.fixture(scope="module")
def opened(browser, page_file):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    said, asked = [], []
    page.on("console", lambda message: said.append((message.type, message.text)))
    page.on("pageerror", lambda error: said.append(("error", str(error))))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    page.locator("iframe").scroll_into_view_if_needed()
    canvas_of_map = page.frame_locator("iframe").locator("#map canvas").first
    canvas_of_map.wait_for(timeout=20_000)
    page.wait_for_timeout(1500)
    yield page, said, asked
    page.close()


def test_the_report_is_whole_silent_and_asks_the_network_for_nothing(opened, page_file):
    page, said, asked = opened
    assert [text for kind, text in said if kind == "error"] == []
    assert {urlsplit(url).scheme for url in asked} <= {"file", "data", "blob", "about"}
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert page.locator("img").get_attribute("alt") == "Map: Left is high."
    assert page.locator("h3 .badge").inner_text() == "simulated data"
    assert page.frame_locator("iframe").locator(".simulated").inner_text() == "simulated data"
    assert read(page_file) == "ab" * 32


def test_the_viewer_shows_the_value_that_was_put_in(opened):
    page, *_ = opened
    shot = page.frame_locator("iframe").locator("#map").screenshot()
    pixels = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), int)
    middle = pixels.shape[1] // 2

    def share(half, colour):
        drawn = half[half.min(-1) < 235]
        return (np.abs(drawn - colour).max(-1) < 12).mean()

    assert share(pixels[:, :middle], LEFT) > 0.9
    assert share(pixels[:, middle:], RIGHT) > 0.9
    assert (pixels.min(-1) < 235).mean() > 0.3


def test_where_it_comes_from_opens_from_the_keyboard(opened):
    page, *_ = opened
    box = page.locator("figure details")
    assert box.get_attribute("open") is None
    box.locator("summary").focus()
    page.keyboard.press("Enter")
    assert box.locator("table").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Wide"
    assert box.locator("code").get_attribute("title") == "ab" * 32
    assert box.locator("code").inner_text() == "ab" * 6


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_runs_over_the_edge(opened, width):
    page, *_ = opened
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true })")
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    inner = page.frames[1].evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert inner
