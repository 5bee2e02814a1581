"""Killed at random, again and again, a run ends with the results of an undisturbed one."""

import shutil
import time
from collections import Counter
from pathlib import Path
from random import Random

import checkouts
import psutil
import pytest
from soak import checkout, kills
from soak.kills import HOW, Kill, Moment

from braid.provenance.audit import audit
from braid.provenance.chain import chain

SEED, KILLS = 8, 40
# Every stage but the training of the larger networks: 15 minutes on two cores.
SETTINGS = ["--config", "source=twin", "subjects=UTS01", "--"]
TARGETS = ["kobayashi2025_recovery", "kobayashi2025_change_map", "haxby2001_identification"]
# Of the jobs, done before the last kill.
SHARE = 0.9
SECONDS = 1.0  # from the start of a job to a kill, on average
PATIENCE = 300  # s for what was killed to end


def run(folder: Path, *words: str) -> None:
    """Let Snakemake work until it is done."""
    with checkout.snakemake(folder, *words, *SETTINGS, *TARGETS) as main:
        pass
    assert main.returncode == 0, checkout.said(folder).read_text()[-3000:]


def recover(folder: Path) -> None:
    """Do what docs/reliability.md tells after a kill, before the same command is given again."""
    run(folder, "--unlock")


def strike(folder: Path, how: str, moment: Moment, rng: Random) -> Kill | None:
    """Start Snakemake and kill it, unless it was done before."""
    with checkout.snakemake(folder, *SETTINGS, *TARGETS) as main:
        rules = HOW[how](main, rng) if kills.wait_for(main, folder, moment) else None
        main.wait(PATIENCE)
    if rules is None:
        return None
    recover(folder)
    again, left = time.time(), kills.orphans(folder)
    psutil.wait_procs(left, timeout=PATIENCE)
    return Kill(how, rules, len(left), checkout.written(folder / "results", again))


def disturb(folder: Path, jobs: int) -> list[Kill]:
    """Kill and recover, again and again; the last kill comes before all jobs are done."""
    rng = Random(SEED)
    ways = [*HOW] * (KILLS // len(HOW))
    rng.shuffle(ways)
    counts = sorted(rng.choices(range(round(SHARE * jobs)), k=KILLS))
    done: list[Kill] = []
    for how, count in zip(ways, counts, strict=True):
        kill = strike(folder, how, Moment(count, rng.expovariate(1 / SECONDS)), rng)
        assert kill, f"over after {len(done)} kills: ask for more jobs"
        done.append(kill)
        print(f"{len(done):3} {kill.how}: {', '.join(kill.rules) or 'no job'}", flush=True)
    return done


def differing(one: dict, other: dict) -> list[str]:
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def told(folder: Path) -> dict[str, dict[str, object]]:
    return {
        str(path.relative_to(folder)): checkout.facts(path) for path in checkout.records(folder)
    }


def table(done: list[Kill], lines: dict[str, object]) -> str:
    """Kills by signal and by what ran then, and what came of them."""
    hits = Counter((kill.how, rule) for kill in done for rule in kill.rules or ["no job"])
    rules = sorted({rule for _, rule in hits})
    rows = [[rule, *(str(hits[how, rule] or "") for how in HOW)] for rule in rules]
    counts = Counter(kill.how for kill in done)
    cells = [["rule", *HOW], ["---"] * (len(HOW) + 1), *rows]
    cells += [["**kills**", *(f"**{counts[how]}**" for how in HOW)]]
    told = "\n".join(f"- {name}: {value}" for name, value in lines.items())
    return "\n".join(f"| {' | '.join(row)} |" for row in cells) + f"\n\n{told}\n"


@pytest.mark.soak
def test_forty_kills_change_nothing(tmp_path):
    plain = checkouts.build(tmp_path / "plain")
    disturbed = shutil.copytree(plain, tmp_path / "disturbed", symlinks=True)
    begun = time.monotonic()
    run(plain)
    expected, wanted = checkout.contents(plain / "results"), told(plain)
    took = time.monotonic() - begun
    done = disturb(disturbed, len(wanted))
    run(disturbed)
    found, said = checkout.contents(disturbed / "results"), told(disturbed)
    figures = sorted((disturbed / "results").rglob("figures/**/*.png"))
    verdicts = {figure: audit(figure, disturbed / "results", deep=True) for figure in figures}
    covered = {
        path for figure in figures for path in chain(figure.with_suffix(checkout.RECORD)).records
    }
    print()
    print(
        table(
            done,
            {
                "jobs": len(wanted),
                "recoveries": len(done),
                "jobs that still loaded when a run was taken up again": sum(
                    kill.orphans for kill in done
                ),
                "files that those wrote": sum(kill.written for kill in done),
                "files compared": len(expected),
                "files that differ": len(differing(expected, found)),
                "records compared": len(wanted),
                "records that differ": len(differing(wanted, said)),
                "records audited": len(covered),
                "undisturbed": f"{took:.0f} s",
                "with the kills": f"{time.monotonic() - begun - took:.0f} s",
            },
        )
    )
    assert differing(expected, found) == []
    assert differing(wanted, said) == []
    assert [figure for figure, verdict in verdicts.items() if verdict.exit] == []
    assert covered == said.keys()
    assert sum(kill.written for kill in done) == 0
