import nibabel as nib
import numpy as np
import pytest
from scipy.signal import detrend
from scipy.stats import gamma

from braid.datasets import find, pinel2007
from braid.features.conditions import extract
from braid.store import load, save

RECORDING = {"regions": "localizer128", "subj0": "localizer125"}


@pytest.fixture(scope="module")
def files(package):
    return {"archive": package("pyhrf")}


@pytest.fixture(scope="module")
def responses(files):
    return {s: pinel2007.read_responses(files, s, RECORDING[s]) for s in RECORDING}


@pytest.fixture(scope="module")
def stimulus(files):
    return pinel2007.read_stimulus(files, ("localizer128", "localizer125"), "events")


def test_registered_with_two_subjects_on_both_sources():
    module = find("pinel2007")
    for source in ("public", "twin"):
        assert {s: module.recordings(source, s) for s in module.subjects(source)} == {
            subject: (recording,) for subject, recording in RECORDING.items()
        }
    roles = (
        module.response_files("subj0", "localizer125"),
        module.stimulus_files(("localizer125",), "events"),
        module.anatomy_files("subj0"),
    )
    assert roles == ({"archive": "pyhrf-0.5.0.post1.tar.gz"},) * 3


@pytest.mark.parametrize(("subject", "shape"), [("regions", (128, 6443)), ("subj0", (125, 1272))])
def test_sessions_have_their_published_size(responses, stimulus, subject, shape):
    data = responses[subject]
    assert data["bold"].shape == shape
    assert pinel2007.shape("public", subject, RECORDING[subject]) == (*shape, 1)
    assert set(data["run"].values) == {RECORDING[subject]}
    np.testing.assert_array_equal(data["time"], stimulus.times[RECORDING[subject]])
    assert (data["bold"].std("tr") > 0).all()


def test_responses_survive_the_store(responses, tmp_path):
    save(tmp_path / "x.nc", responses["subj0"])
    back = load(tmp_path / "x.nc", {"bold": ("tr", "voxel")}, {"space": "pinel2007_subj0"})
    assert list(back["region"].values) == list(responses["subj0"]["region"].values)


def test_eighty_events_of_ten_conditions_in_order(stimulus):
    for _, events in stimulus.events.groupby("run"):
        assert len(events) == 80
        assert events["label"].nunique() == 10
        assert events["onset"].is_monotonic_increasing
    assert stimulus.times["localizer128"][[0, -1]].tolist() == pytest.approx([1.2, 306.0])


def amplitudes(data, stimulus, regions):
    """Least-squares response of the regions to each condition, through a canonical HRF."""
    run = data.attrs["recording"]
    labels = sorted(set(stimulus.events["label"]))
    bands = {"all": {label: [label] for label in labels}}
    design = extract(stimulus, None, coding="onset", bands=bands)
    rows = design["features"].values[design["run"].values == run, 0]
    t = np.arange(12) * pinel2007.TR
    hrf = gamma.pdf(t, 6) - gamma.pdf(t, 16) / 6
    expected = [np.convolve(column, hrf)[: len(rows)] for column in rows.T]
    expected = np.column_stack([*expected, np.ones(len(rows))])
    chosen = np.isin(data["region"].values, regions)
    bold = detrend(data["bold"].values[:, chosen], axis=0)
    series = (bold / bold.std(axis=0)).mean(axis=1)
    return dict(zip(labels, np.linalg.lstsq(expected, series, rcond=None)[0], strict=False))


def test_named_regions_answer_to_what_they_should(responses, stimulus):
    answer = {
        region: amplitudes(responses["regions"], stimulus, [region])
        for region in np.unique(responses["regions"]["region"])
    }
    for side in ("left", "right"):
        temporal, occipital = answer[f"{side} temporal"], answer[f"{side} occipital"]
        assert temporal["phraseaudio"] > 3 * abs(temporal["phrasevideo"])
        assert occipital["damier_H"] > 3 * abs(occipital["phraseaudio"])
    motor = answer["right motor"]
    assert motor["clicGaudio"] + motor["clicGvideo"] > motor["clicDaudio"] + motor["clicDvideo"]
    parietal = answer["left parietal"]
    assert parietal["calculaudio"] > parietal["phraseaudio"]


def test_both_temporal_regions_of_subj0_hear(responses, stimulus):
    for region in ("temporal 1", "temporal 2"):
        answer = amplitudes(responses["subj0"], stimulus, [region])
        assert answer["phraseaudio"] > 3 * abs(answer["phrasevideo"])


def voxels_in_world(data):
    affine = np.reshape(data.attrs["affine"], (4, 4))
    return nib.affines.apply_affine(affine, np.column_stack([data[axis] for axis in "ijk"]))


def test_right_and_left_have_the_signs_of_the_world(responses):
    world = voxels_in_world(responses["regions"])
    side = np.array([name.split()[0] for name in responses["regions"]["region"].values])
    assert (world[side == "right", 0] > 0).all()
    assert (world[side == "left", 0] < 0).all()


@pytest.mark.parametrize("subject", RECORDING)
def test_voxels_lie_inside_the_head_of_the_anatomy(files, responses, subject):
    image = pinel2007.read_anatomy(files, subject)
    head = nib.affines.apply_affine(
        np.linalg.inv(image.affine), voxels_in_world(responses[subject])
    )
    i, j, k = np.round(head).astype(int).T
    assert (image.get_fdata()[i, j, k] > 0).mean() > 0.99


@pytest.mark.parametrize("subject", RECORDING)
def test_eyes_are_in_front_of_and_below_the_middle(files, subject):
    """The upper half of a head has skull all round; air in the sinuses is low and in front."""
    image = nib.as_closest_canonical(pinel2007.read_anatomy(files, subject))
    volume = image.get_fdata()
    middle = volume[volume.shape[0] // 2 - 15 : volume.shape[0] // 2 + 15]
    half = np.array(middle.shape) // 2
    air = middle[:, :, 20:-20] < 0.15 * np.percentile(volume, 95)
    y, z = np.argwhere(air[:, 60:-25]).mean(axis=0)[1:]
    assert y + 60 > half[1]
    assert z + 20 < half[2]
