"""Times and sizes as Slurm prints them."""

import re

_TIME = re.compile(r"(?:(?P<days>\d+)-)?(?P<clock>\d+(?::\d+){0,2})(?:\.\d+)?")
_SIZE = re.compile(r"(?P<number>[\d.]+)(?P<unit>[KMGTP]?)[nc]?")
_POWER = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}


def seconds(text: str) -> int | None:
    """Seconds of `7-00:00:00`, `1-12`, `02:30:00`, `05:00` or `60` (minutes); None of UNLIMITED.

    A fraction of a second is dropped. After days come hours first, else minutes (man sbatch).
    """
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    parts = [int(part) for part in found["clock"].split(":")]
    if found["days"]:
        hours, minutes, rest = [*parts, 0, 0][:3]
    elif len(parts) == 3:
        hours, minutes, rest = parts
    else:
        hours, (minutes, rest) = 0, [*parts, 0][:2]
    return ((int(found["days"] or 0) * 24 + hours) * 60 + minutes) * 60 + rest


def size(text: str) -> int | None:
    """Bytes of `2000M`, `1.5G`, or `500Mn` and `500Mc` as before Slurm 21.08; else None.

    Units are powers of 1024.
    """
    found = _SIZE.fullmatch(text.strip())
    return round(float(found["number"]) * 1024 ** _POWER[found["unit"]]) if found else None
