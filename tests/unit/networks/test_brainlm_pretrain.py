"""Pre-training finds what parcels share, and reports it on subjects that took no part."""

import json

import numpy as np
import pytest
from pydantic import ValidationError

from braid.datasets.rest import Series
from braid.errors import BadInput
from braid.networks.brainlm import inputs
from braid.networks.brainlm.pretrain import pretrain
from braid.networks.brainlm.states import load, states, trained_on
from braid.study.brainlm import MaskedAutoencoder
from braid.study.networks import Schedule

TR = 2.0
SETTINGS = {
    "kind": "masked_autoencoder",
    "window": 12,
    "patch": 3,
    "parcels": 8,
    "mask_ratio": 0.5,
    "hidden": 32,
    "layers": 1,
    "heads": 2,
    "decoder_hidden": 32,
    "decoder_layers": 1,
    "validation": ("a",),
    "test": ("b",),
}
SCHEDULE = Schedule(steps=300, batch=8, learning_rate=5e-3, validate_every=50, patience=9)


def _series(shared: float) -> list[Series]:
    """Subjects whose parcels share one course of white noise with these weights, of 8 to 10."""
    rng = np.random.default_rng(0)
    recordings = []
    for number, subject in enumerate("abcdef"):
        parcels = 8 + number % 3
        course, own = rng.normal(size=(60, 1)), rng.normal(size=(60, parcels))
        bold = shared * course + np.sqrt(1 - shared**2) * own
        recordings.append(Series(subject, bold, rng.normal(scale=30, size=(parcels, 3)), TR))
    return recordings


def _reconstruction(folder):
    return json.loads((folder / "training.json").read_text())["reconstruction"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pretrain") / "encoder"
    settings = MaskedAutoencoder(**SETTINGS)
    pretrain(_series(0.97), settings, SCHEDULE, 1, folder, folder.with_name("checkpoint"))
    return folder


def test_a_shared_course_is_filled_in_on_new_subjects(trained):
    """White noise in time: no line helps, only the other parcels do."""
    errors = _reconstruction(trained)
    assert errors["network"] < 0.7 * errors["mean"] < 0.7 * errors["interpolation"]
    names = {path.name for path in trained.iterdir()}
    assert names == {"config.json", "model.safetensors", "log.csv", "training.json", "inputs.json"}


def test_noise_is_not_filled_in(tmp_path):
    settings = MaskedAutoencoder(**SETTINGS)
    short = SCHEDULE.model_copy(update={"steps": 50})
    pretrain(_series(0), settings, short, 1, tmp_path / "encoder", tmp_path / "checkpoint")
    errors = _reconstruction(tmp_path / "encoder")
    assert errors["network"] > 0.97 * errors["mean"]


def test_the_folder_is_an_encoder_that_knows_its_inputs(trained):
    subject = _series(0.97)[1]
    found = states(load(trained), subject.bold, subject.xyz)
    assert found.shape == (60, 32)
    assert trained_on(trained).trs == (TR,) and trained_on(trained).parcels == (8, 10)
    # Validation and test subjects have 8 and 9 parcels; the others measure the training.
    others = [other for other in _series(0.97) if other.subject not in "ab"]
    measured = inputs.describe([other.bold for other in others], [TR] * len(others))
    assert trained_on(trained) == measured


def test_what_cannot_be_used_is_refused(tmp_path):
    series = _series(0)
    for change, problem in (
        ({"window": 63}, "60 TRs of 8 parcels, less than 63 of 8"),
        ({"parcels": 9}, "60 TRs of 8 parcels"),
        ({"test": ("b", "z")}, "no recordings of z"),
    ):
        settings = MaskedAutoencoder(**SETTINGS | change)
        with pytest.raises(BadInput, match=problem):
            pretrain(series, settings, SCHEDULE, 0, tmp_path / "x", tmp_path / "y")
    for change in ({"window": 13}, {"heads": 3}, {"test": ("a",)}, {"mask_ratio": 1.0}):
        with pytest.raises(ValidationError):
            MaskedAutoencoder(**SETTINGS | change)


def test_inputs_are_measured_on_what_is_known():
    """An autoregression of order 1: decay -TR / log(phi); a Gaussian has no excess."""
    rng = np.random.default_rng(0)
    bold = np.zeros((20_000, 2))
    for i in range(1, len(bold)):
        bold[i] = 0.8 * bold[i - 1] + rng.normal(size=2)
    found = inputs.describe([7 * bold + 3], [0.5])
    assert found.decay == pytest.approx(-0.5 / np.log(0.8), rel=0.05)
    assert found.kurtosis == pytest.approx(0, abs=0.15)
    # The quartiles of a Gaussian are 1.349 standard deviations apart.
    assert found.tails == pytest.approx((-2.326 / 1.349, 2.326 / 1.349), rel=0.05)


def test_differences_are_said_and_counted():
    trained = inputs.Inputs((2.0,), (100, 120), (-2.0, 2.0), 6.0, 0.2)
    same = inputs.compare(trained, trained)
    assert same.differences == 0 and len(same.sentences) == 5
    other = inputs.Inputs((1.0,), (90, 110), (-4.0, 4.0), 2.0, 5.0)
    found = inputs.compare(other, trained)
    assert found.differences == 5
    assert found.sentences[0] == "TR (s) 1 differs from training (2)."
    assert found.attributes()["input_differences"] == 5
    unknown = inputs.Inputs((2.0,), (100, 120), None, None, None)
    assert inputs.compare(trained, unknown).sentences[2].endswith("not known of the training.")


def test_inputs_that_are_not_there_are_missed(tmp_path):
    trained = inputs.Inputs((2.0,), (100, 120), (-2.0, 2.0), 6.0, 0.2)
    inputs.write(trained, tmp_path)
    assert inputs.read(tmp_path) == trained
    (tmp_path / inputs.FILE).write_text("{}")
    with pytest.raises(BadInput, match="what the encoder was trained on"):
        inputs.read(tmp_path)
