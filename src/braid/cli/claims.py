"""What the sources of the studies printed, beside what came out here."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from braid.errors import BadInput
from braid.provenance.claims import Contradiction, Judged, contradictions, judge
from braid.provenance.shelf import SUFFIX
from braid.study.claims import load_all_claims

FOLDER = Path("resources/claims")


def claims(studies: Sequence[str], results: Path) -> tuple[list[Judged], list[Contradiction]]:
    """Judge the claims of studies.

    Parameters
    ----------
    studies
        Names; all that have claims when empty.
    results
        Folder of results; what was not drawn there counts as not run.

    Raises
    ------
    BadInput
        When a study has no claims, or a claim points at what its figure does not hold.
    """
    known = load_all_claims(FOLDER)
    for study in studies:
        if study not in known:
            raise BadInput(FOLDER, study, "no claims", f"known are: {', '.join(known)}")
    chosen = [known[study] for study in studies or known]
    figures = sorted(results.glob(f"*/figures/*/*{SUFFIX}"))
    return judge(chosen, figures), contradictions(chosen)


def show(judged: Sequence[Judged], contradicting: Sequence[Contradiction], to: Console) -> None:
    """Print a table of claims, how many of them hold, and what contradicts itself."""
    table = Table("study", "claim", "place", "printed", "ours", "outcome", "needs")
    for one in judged:
        table.add_row(one.study, one.claim, one.place, *_numbers(one))
    to.print(table)
    outcomes = [one.outcome for one in judged]
    counts = (f"{outcomes.count(name)} {name}" for name in dict.fromkeys(outcomes))
    to.print(f"{len(judged)} printed numbers: {', '.join(counts)}.")
    for one in contradicting:
        to.print(f"{one.study}, {', '.join(one.places)}: {one.problem}")


def _numbers(one: Judged) -> tuple[str, str, str, str]:
    ours = "–" if one.ours is None else f"{one.ours:g}"
    return f"{one.printed:g}", ours, one.outcome, one.needs if one.ours is None else ""
