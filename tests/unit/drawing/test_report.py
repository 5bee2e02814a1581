"""The report escapes what it is told and needs nothing from outside."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from braid.drawing.report import Data, Entry, Report, Study, render

ENTRY = Entry("s_map", "Map <1>", "A & B", b"\x89PNG", "ab" * 32, "results/x.prov.json")


def report(entry=ENTRY):
    study = Study("s", "Study", "Someone (2001)", (entry,), {"encode": "A ridge was fitted."})
    return Report(
        "R", "Summary", "0" * 40, (study,), {"numpy": "2"}, (Data("ds", "1", "CC0", "u"),)
    )


@pytest.fixture
def page(templates):
    return lambda entry=ENTRY: render(report(entry), templates / "report.html.j2")


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser sees them."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, name):
        return [attributes for tag, attributes in self.found if tag == name]


def test_text_is_escaped(page):
    text = page(replace(ENTRY, verdicts=("<script>alert(1)</script>",)))
    assert "Map &lt;1&gt;" in text
    assert Tags(text).all("script") == []


def test_each_heading_of_the_contents_exists_once(page):
    tags = Tags(page())
    targets = [link["href"][1:] for link in tags.all("a")]
    anchors = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    assert sorted(targets) == ["data", "s", "s_map", "software"]
    assert all(anchors.count(target) == 1 for target in targets)


def test_nothing_is_fetched_and_the_page_forbids_it(page):
    text = page(replace(ENTRY, viewer="<p>v</p>"))
    tags = Tags(text)
    assert tags.all("link") == []
    assert all(image["src"].startswith("data:image/png;base64,") for image in tags.all("img"))
    assert re.search(r"url\(", text) is None
    policies = [meta["content"] for meta in tags.all("meta") if "http-equiv" in meta]
    assert policies[0].startswith("default-src 'none'")
    assert "http" not in policies[0]


def test_a_viewer_is_embedded_whole(page):
    viewer = '<html><script>"a < b & c"</script></html>'
    assert Tags(page(replace(ENTRY, viewer=viewer))).all("iframe")[0]["srcdoc"] == viewer


def test_only_simulated_figures_wear_the_badge(page):
    assert page().count('class="badge"') == 0
    assert page(replace(ENTRY, simulated=True)).count('class="badge"') == 2


def test_numbers_of_a_table_are_text(page):
    text = page(replace(ENTRY, rows=pd.DataFrame({"subject": ["UTS01"], "r": [0.123456]})))
    assert '<td class="number">0.1235</td>' in text
    assert "<td>UTS01</td>" in text
