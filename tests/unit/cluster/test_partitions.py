"""Partitions as Slurm 22.05 printed them, and as other clusters and versions do."""

from pathlib import Path

import pytest

from braid.cluster.partitions import gpus, read

SAID = Path(__file__).parent / "said"


def said(cluster):
    """Partitions by name, of the real one in a box or of a larger one made up from manuals."""
    texts = [(SAID / f"{cluster}.{what}.txt").read_text() for what in ("partitions", "nodes")]
    return {partition.name: partition for partition in read(*texts)}


@pytest.fixture(scope="module")
def laboratory():
    return said("laboratory")


def test_a_real_cluster():
    cpu, gpu = said("sandbox").values()
    assert (cpu.name, cpu.default, cpu.minutes, cpu.nodes) == ("cpu", True, 1440, 2)
    assert (cpu.cpus, cpu.memory, cpu.gpus) == (8, 16_000, 0)
    assert (gpu.name, gpu.default, gpu.gpus, gpu.models) == ("gpu", False, 1, ("fake",))
    assert cpu.admits([], ["root"])


def test_a_job_may_have_the_largest_node_for_as_long_as_it_likes(laboratory):
    normal = laboratory["normal"]
    assert (normal.minutes, normal.cpus, normal.memory) == (None, 64, 515_000)
    assert (normal.nodes, normal.gpus, normal.models, normal.default) == (40, 0, (), False)


def test_limits_of_the_partition_are_lower_than_its_nodes(laboratory):
    gpu = laboratory["gpu"]
    assert (gpu.minutes, gpu.cpus, gpu.memory) == (3600, 32, 500_000)
    assert (gpu.gpus, gpu.models) == (7, ("a100", "a100_3g.20gb", "v100"))
    assert gpu.from_nodes == "login1"


@pytest.mark.parametrize(
    ("partition", "accounts", "groups", "admitted"),
    [
        ("normal", [], [], True),
        ("normal", ["lab"], ["users"], True),
        ("gpu", ["lab"], ["staff"], True),
        ("gpu", ["lab"], ["users"], False),
        ("gpu", ["guests"], ["staff"], False),
        ("gpu", ["guests", "lab"], ["staff"], True),
        ("old", ["lab"], ["staff"], False),
        ("empty", ["lab"], ["staff"], False),
    ],
)
def test_who_may_use_it(laboratory, partition, accounts, groups, admitted):
    assert laboratory[partition].admits(accounts, groups) is admitted


def test_a_partition_for_some_accounts_is_closed_to_others(laboratory):
    old = laboratory["old"]._replace(state="UP")
    assert old.admits(["other"], [])
    assert not old.admits(["guests"], [])
    assert not old.admits([], [])


def test_one_for_root_alone_is_closed():
    shown, nodes = ((SAID / f"sandbox.{what}.txt").read_text() for what in ("partitions", "nodes"))
    assert not any(
        one.admits([], []) for one in read(shown.replace("RootOnly=NO", "RootOnly=YES"), nodes)
    )


@pytest.mark.parametrize(
    ("gres", "found"),
    [
        ("(null)", {}),
        ("gpu:4", {"": 4}),
        ("gpu:fake:1", {"fake": 1}),
        ("gpu:a100:4(S:0-1)", {"a100": 4}),
        ("gpu:a100:2(IDX:0,3),gpu:a100:2(S:1),nvme:1", {"a100": 4}),
        ("gpu:3090:8,mps:800", {"3090": 8}),
    ],
)
def test_gpus_by_type(gres, found):
    assert gpus(gres) == found
