"""From a record back to all that stands behind it."""

import chains
import pytest

from braid.errors import BadInput
from braid.provenance.chain import chain, makers
from braid.provenance.shelf import read


@pytest.fixture
def diamond(tmp_path):
    """Give the figure of two fits of the same responses."""
    responses = chains.write(tmp_path, "respond/a", "respond")
    fits = [chains.write(tmp_path, f"fit/{n}", "fit", [responses], ["table.tsv"]) for n in (0, 1)]
    return tmp_path / chains.write(tmp_path, "figures/map", "slices", fits)


def test_every_record_is_read_once_nearest_first(diamond):
    found = chain(diamond)
    names = [path.removeprefix("results/").partition(".")[0] for path in found.records]
    assert names == ["figures/map", "fit/0", "fit/1", "respond/a"]
    assert found.head == read(diamond)
    assert found.faults == {}


def test_tracked_inputs_have_no_maker(diamond, tmp_path):
    fit = read(tmp_path / "results/fit/0.prov.json")
    assert makers(fit) == ["results/respond/a.prov.json"]


def test_a_gap_is_kept_and_the_rest_is_still_read(diamond, tmp_path):
    (tmp_path / "results/fit/0.prov.json").unlink()
    found = chain(diamond)
    assert list(found.faults) == ["results/fit/0.prov.json"]
    assert "results/respond/a.prov.json" in found.records


def test_without_the_figures_own_record_there_is_no_chain(diamond):
    diamond.write_text("{}")
    with pytest.raises(BadInput, match="no record of this form"):
        chain(diamond)
