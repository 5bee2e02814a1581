"""Costs against closed forms, and against what jobs were seen to take."""

import pytest

from braid import costs


def test_a_recording_is_held_once_and_written_in_float32():
    stories = costs.respond(363 - 20, 81126, 1)
    assert stories.disk == 4 * 343 * 81126
    repeated = costs.respond(291, 95556, 10)
    assert repeated.disk == 4 * 11 * 291 * 95556
    # Less than the 4 GB that a subject of ds003020 may take.
    assert repeated.memory < 4e9


def test_downloads_take_their_bytes_over_the_network():
    assert costs.fetch(68.09e9).cpu / 3600 == pytest.approx(0.67, abs=0.05)
    assert costs.fetch(68.09e9).disk == 68.09e9


def test_a_transformer_costs_two_operations_a_weight_and_token():
    bert_large = costs.extract(rows=1000, layers=24, width=1024, context=10)
    # 302 million weights in the layers of BERT-large (Devlin et al. 2019: 340 with embeddings).
    assert bert_large.gpu * costs.GPU == pytest.approx(2 * 302e6 * 1000 * 10, rel=0.01)
    assert bert_large.disk == 4 * 1000 * 25 * 1024


def test_a_fit_grows_with_voxels_and_with_layers():
    one = costs.Fit(
        rows=1000, width=100, delays=4, layers=1, voxels=40_000, alphas=5, folds=3, outer=1
    )
    work, wide, deep = (
        costs.ridge(fit).cpu - costs.START
        for fit in (one, one._replace(voxels=80_000), one._replace(layers=25))
    )
    assert 1.5 < wide / work < 2
    # The weights of the best layer alone are formed.
    assert 15 < deep / work < 25


def test_a_fit_of_a_whole_subject_stays_within_16_gb():
    voxels, size = 95_000, costs.Fit(9000, 1024, 4, 1, 16_384, 20, 5, 1)
    assert costs.ridge(size).memory < 16e9
    by_part = costs.ridge(size).memory - costs.ridge(size._replace(voxels=0)).memory
    # Only the weights of a job grow with its voxels, and hardly what the calibration card samples.
    assert by_part == pytest.approx(4 * (2 * 4096 * 16_384 + 9000 * 1000))
    assert costs.ridge(size._replace(voxels=voxels)).disk == 4 * 4096 * voxels


def test_banded_ridge_costs_its_draws_and_holds_the_products_of_its_voxels():
    size = costs.Fit(9000, 768, 4, 1, 16_384, 20, 5, 1)
    few, many = (costs.banded(size, draws).cpu - costs.START for draws in (10, 100))
    assert 9 < many / few < 10
    # 4.3 GB by the arithmetic of `braid.fitting.banded.engine`, and a block that is read ahead.
    assert costs.banded(size, 100).memory == pytest.approx(5.5e9, rel=0.1)


def test_a_design_is_smaller_than_the_words_it_is_made_of():
    cost = costs.align(events=160_000, rows=29_768, layers=24, width=1024)
    assert cost.disk == 4 * 29_768 * 25 * 1024
    assert cost.memory > 4 * 160_000 * 25 * 1024


def test_training_costs_three_passes_of_what_is_trained_and_one_of_the_rest():
    size = costs.Network(layers=24, width=1024, trained=24)
    whole = costs.train(size, updates=10, examples=4, length=100)
    weights, tokens = 24 * 12 * 1024**2, 10 * 4 * 100
    # Six operations a weight and token (Kaplan et al. 2020, section 2.1).
    assert whole.gpu * costs.GPU == pytest.approx(6 * weights * tokens)
    upper = costs.train(size._replace(trained=2), updates=10, examples=4, length=100)
    assert upper.gpu / whole.gpu == pytest.approx((24 + 4) / 72)
    # Weights, gradients and two moments.
    assert whole.memory > costs.TORCH + 16 * weights


def test_an_autoencoder_of_the_published_size_takes_what_its_weights_and_moments_do():
    cost = costs.autoencode(46_840, (8192, 4096, 1024), rows=23 * 362, updates=1, batch=32)
    assert cost.disk == pytest.approx(3.37e9, rel=0.01)
    assert 4 * cost.disk < cost.memory < 24e9


def test_compressing_reads_every_response_once():
    cost = costs.compress(rows=29_768, voxels=95_556, width=10_000)
    assert cost.cpu == pytest.approx(costs.START + 29_768 * 95_556 / costs.READ)
    assert cost.disk == 4 * 29_768 * 10_000


def test_states_of_brainlm_take_their_passes_besides():
    """650 million weights (Ortega Caro et al. 2024), two operations each, windows of 4,240."""
    network = costs.passes(inputs=100, layers=32, width=1280, tokens=4240)
    assert network.gpu * costs.GPU == pytest.approx(2 * 650e6 * 4240 * 100, rel=0.05)
    bare, whole = costs.compress(500, 9000, 1280), costs.compress(500, 9000, 1280, network)
    assert whole.cpu - bare.cpu == pytest.approx(network.cpu)
    assert whole.memory - bare.memory == network.memory
    assert network.gpu < whole.gpu < network.gpu + bare.cpu + 1


@pytest.mark.parametrize(("threads", "gpus", "expected"), [(1, 0, 70), (4, 0, 25), (4, 1, 13)])
def test_a_job_asks_for_three_times_its_estimate_and_ten_minutes(threads, gpus, expected):
    cost = costs.Cost(memory=0.0, disk=0.0, cpu=1200.0, gpu=60.0)
    assert costs.minutes(cost, threads, gpus) == expected


def test_a_job_that_has_no_use_for_a_gpu_is_timed_on_the_cpu():
    assert costs.minutes(costs.small(0, 598), 1, 1) == 40
