from pathlib import Path

import pytest

from braid.errors import BadInput
from braid.sources.models import CONVERTERS
from braid.sources.tables import load_datasets, load_lock, load_models, load_packages

CONFIG = Path(__file__).parents[3] / "config"
DATASETS = (CONFIG / "datasets.tsv").read_text()


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "table.tsv"
        path.write_text(text)
        return path

    return write


def test_the_tables_of_the_repository_agree():
    packages = load_packages(CONFIG / "packages.tsv")
    used = {d.package for d in load_datasets(CONFIG / "datasets.tsv").values() if d.package}
    models = load_models(CONFIG / "models.tsv")
    travelling = [model for model in models.values() if model.kind not in ("hub", "url")]
    assert used | {model.origin for model in travelling} <= set(packages)
    assert all(model.revision == packages[model.origin].version for model in travelling)


# No page at hand says what their weights hash to.
UNSEEN = {"brainlm-650m", "sd-v1-4"}
# An encoder of brains, one of pictures, and a model that keeps its tokenizer in a folder.
WITHOUT_TEXT = UNSEEN | {"clip-vit-large-patch14"}


def test_hub_models_are_pinned_by_commit_and_digest():
    hub = [m for m in load_models(CONFIG / "models.tsv").values() if m.kind == "hub"]
    assert hub
    for model in hub:
        assert len(model.revision) == 40
        weights = [digest for name, digest in model.files.items() if name.endswith(".safetensors")]
        assert {len(digest) for digest in weights} == {64} or model.model in UNSEEN
        assert {len(digest) for digest in model.files.values() if digest != "n/a"} <= {64}


def test_models_of_the_web_are_one_file_with_a_sha256():
    web = [m for m in load_models(CONFIG / "models.tsv").values() if m.kind == "url"]
    assert web
    for model in web:
        assert model.origin.startswith("https://")
        assert list(model.files) == ["weights"]
        assert len(model.files["weights"]) == 64 or model.files["weights"] == "n/a"


def test_models_have_safe_weights_and_a_tokenizer():
    for model in load_models(CONFIG / "models.tsv").values():
        if model.kind in CONVERTERS:
            continue
        assert any(name.endswith(".safetensors") for name in model.files)
        assert "tokenizer.json" in model.files or model.model in WITHOUT_TEXT
        assert not [f for f in model.files if f.endswith((".bin", ".pt", ".pkl"))]


def test_absent_cells_are_none():
    haxby = load_datasets(CONFIG / "datasets.tsv")["haxby2001"]
    assert (haxby.commit, haxby.url, haxby.package) == (None, None, "pymvpa2")


def test_all_errors_come_at_once_with_their_lines(table):
    header, haxby, pinel, ds003020, *_ = DATASETS.splitlines()
    haxby = haxby.replace("2.5", "fast")
    ds003020 = ds003020.replace("f74eb2bc", "F74EB2BC") + "\tmore"
    with pytest.raises(BadInput) as error:
        load_datasets(table("\n".join([header, haxby, pinel, ds003020, pinel])))
    for part in ("4 error", "line 2: tr", "line 4: commit", "line 4: beyond", "line 5: dataset"):
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("\tnote\n", "\tcomment\n", "comment: Extra inputs"),
        ("\tpyhrf\t", "\tn/a\t", "give url and commit, or bucket, or package"),
        ("\thttps://github.com/OpenNeuroDatasets/ds003020\t", "\tn/a\t", "give url and commit"),
        ("\ts3://natural-scenes-dataset\t", "\tn/a\t", "give url and commit"),
        ("\tlicence\tNSD", "\tsecret\tNSD", "access: Input should be"),
        ("\npinel2007", "\n../pinel2007", "dataset: String should match"),
    ],
)
def test_bad_rows_are_refused(old, new, problem, table):
    assert old in DATASETS
    with pytest.raises(BadInput, match=problem):
        load_datasets(table(DATASETS.replace(old, new)))


def test_a_lock_says_what_each_file_must_be(table):
    path = "derivative/TextGrids/souls.TextGrid"
    digest = "42f8529c5ae19875c3872f7ab78b0bcf"
    text = f"path\tbytes\talgorithm\tdigest\n{path}\t1112605\tmd5\t{digest}\n"
    assert load_lock(table(text))[path].bytes == 1112605
    with pytest.raises(BadInput, match="algorithm"):
        load_lock(table(text.replace("md5", "crc32")))
    with pytest.raises(BadInput, match="is none of sha256"):
        load_lock(table(text.replace("md5", "sha256")))
