"""The file of partitions: what the executor reads from it is what the cluster said."""

from pathlib import Path

import pytest
from snakemake_executor_plugin_slurm.partitions import read_partition_file

from braid.cluster.limits import compared, written
from braid.cluster.partitions import Partition

CPU = Partition(
    name="cpu",
    default=True,
    state="UP",
    minutes=None,
    cpus=64,
    memory=257_000,
    gpus=0,
    models=(),
    nodes=40,
    accounts=frozenset(),
    denied=frozenset(),
    groups=frozenset(),
    from_nodes="ALL",
)
# Names that YAML would take for numbers.
GPU = CPU._replace(name="2024", default=False, minutes=3600, gpus=8, models=("3090", "a100"))


def read(folder: Path, text: str):
    (folder / "partitions.yaml").write_text(text)
    return {one.name: vars(one.limits) for one in read_partition_file(folder / "partitions.yaml")}


def problems(said, partitions):
    return [(found.problem, found.wrong) for found in compared(said, partitions)]


def test_the_executor_reads_what_the_cluster_said(tmp_path):
    said = read(tmp_path, written([CPU, GPU]))
    assert list(said) == ["cpu", "2024"]
    assert said["cpu"]["max_runtime"] == float("inf")
    assert (said["cpu"]["max_threads"], said["cpu"]["max_mem_mb"]) == (64, 257_000)
    assert said["cpu"]["max_gpu"] == 0
    assert (said["2024"]["max_runtime"], said["2024"]["max_gpu"]) == (3600, 8)
    assert said["2024"]["available_gpu_models"] == ["3090", "a100"]


def test_what_was_written_agrees(tmp_path):
    assert problems(read(tmp_path, written([CPU, GPU])), [CPU, GPU]) == []


def test_a_lower_limit_and_a_partition_less_are_a_choice(tmp_path):
    said = read(tmp_path, written([GPU]))
    said["2024"] |= {"max_runtime": 60, "max_threads": 8, "max_gpu": 1}
    assert problems(said, [CPU, GPU]) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"max_runtime": 3601}, "2024: max_runtime is 3601, the cluster allows 3600"),
        ({"max_runtime": float("inf")}, "2024: max_runtime is not set, the cluster allows 3600"),
        ({"max_threads": 65}, "2024: max_threads is 65, the cluster allows 64"),
        ({"max_mem_mb": 258_000}, "2024: max_mem_mb is 258000, the cluster allows 257000"),
        ({"max_gpu": 9}, "2024: max_gpu is 9, a node has 8"),
        ({"available_gpu_models": ["a100", "h100"]}, "2024: no GPU of type h100"),
    ],
)
def test_more_than_the_cluster_gives_is_wrong(tmp_path, change, problem):
    said = read(tmp_path, written([GPU]))
    said["2024"] |= change
    assert problems(said, [GPU]) == [(problem, True)]


def test_gpus_that_the_file_forgets_are_only_forgone(tmp_path):
    said = read(tmp_path, written([GPU._replace(gpus=0, models=())]))
    [(problem, wrong)] = problems(said, [GPU])
    assert "8 GPUs each" in problem
    assert not wrong


def test_a_partition_of_another_cluster_is_wrong(tmp_path):
    said = read(tmp_path, written([CPU._replace(name="long")]))
    [(problem, wrong)] = problems(said, [CPU])
    assert problem.startswith("long: no partition")
    assert wrong


def test_an_empty_file_is_wrong():
    assert problems({}, [CPU]) == [("it names no partition", True)]
