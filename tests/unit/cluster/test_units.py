"""Times and sizes as several versions of Slurm print them."""

import pytest

from braid.cluster.units import seconds, size

HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7-00:00:00", 7 * DAY),
        ("1-12", DAY + 12 * HOUR),
        ("1-12:30", DAY + 12 * HOUR + 1800),
        ("02:30:05", 2 * HOUR + 1805),
        ("00:05:00", 300),
        ("05:30", 330),
        ("60", HOUR),
        ("00:00:01.500", 1),
        ("UNLIMITED", None),
        ("NONE", None),
        ("Partition_Limit", None),
        ("", None),
    ],
)
def test_times(text, expected):
    assert seconds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2000M", 2000 * 2**20),
        ("1.50G", 1.5 * 2**30),
        ("500Mn", 500 * 2**20),
        ("500Mc", 500 * 2**20),
        ("98304K", 96 * 2**20),
        ("0", 0),
        ("", None),
    ],
)
def test_sizes(text, expected):
    assert size(text) == expected
