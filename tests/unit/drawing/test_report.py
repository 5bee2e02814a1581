"""The report escapes what it is told and needs nothing from outside."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from braid.drawing.report import Digest, Entry, Origins, Report, Study, Table, render

FILES = Table("Raw <files>", ("path", "sha256"), [("a & b.gz", Digest("0123456789abcdef"))])
ORIGINS = Origins("✓ verified", "3 files were compared.", (FILES,))
ENTRY = Entry("s_map", "Map <1>", "A & B", b"\x89PNG", "ab" * 32, "results/x.prov.json", ORIGINS)
CLAIMS = Table("Claims", ("outcome", "claim"), [("✗ differs", "r of <voxels>")])
NONE = Table("Claims", (), [])


def report(entry=ENTRY, **changes):
    methods = {"encode": "A ridge was fitted."}
    study = Study("s", "Study", "Someone (2001)", (entry,), methods, FILES, CLAIMS, ("A or B",))
    data, software = Table("Data", ("n",), [("ds",)]), Table("Software", ("n",), [("numpy",)])
    study = replace(study, **changes)
    return Report("R", "Summary", "0" * 40, (study,), (data,), software)


@pytest.fixture
def page(templates):
    def draw(entry=ENTRY, **changes):
        return render(report(entry, **changes), templates / "report.html.j2")

    return draw


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
    assert sorted(targets) == ["claims", "data", "s", "s-raw", "s_map", "software"]
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


def test_a_digest_is_short_but_whole_on_demand(page):
    text = page()
    assert '<code title="0123456789abcdef">0123456789ab</code>' in text
    assert "<td>a &amp; b.gz</td>" in text


def test_a_figure_folds_out_where_it_comes_from(page):
    text = page()
    summary = "<summary>Where this comes from: <strong>✓ verified</strong></summary>"
    assert text.count(summary) == 1
    assert "<h4>Raw &lt;files&gt;</h4>" in text
    assert "3 files were compared." in text


def test_each_wide_table_can_be_reached_and_is_named(page):
    regions = [div for div in Tags(page()).all("div") if "facts" in div["class"]]
    assert [region["aria-label"] for region in regions] == [
        "Raw <files>",
        "Raw <files>",
        "Claims",
        "Data",
        "Software",
    ]
    assert {region["tabindex"] for region in regions} == {"0"}


def test_claims_and_contradictions_are_marked_in_words(page):
    text = page()
    assert "<td>✗ differs</td><td>r of &lt;voxels&gt;</td>" in text
    assert "⚠ contradiction in the source</strong> A or B" in text


def test_a_study_whose_source_printed_nothing_has_no_claims(page):
    text = page(claims=NONE, contradictions=())
    assert text.count("<h3>Study</h3>") == 0
    assert page(claims=NONE).count("<h3>Study</h3>") == 1
