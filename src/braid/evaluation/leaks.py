"""What in the design of a job lets test data into training, or into what training chooses.

Read from the parameters of a job alone, as its record holds them. Decoders leave out whole runs and
choose nothing, or pictures with all their trials, whatever they are told: their parameters cannot
ask for a leak.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple

from braid.evaluation.plan import Plan
from braid.study.fits import BlockFolds, EchoFolds, Folds, HeldOut, PictureFolds, SharedPictures


class Leak(NamedTuple):
    """One way for test data to get where they should not."""

    kind: str
    """`test_runs`, `short_gap`, `stacked_delays`, `scheme`, `shared_column`, `echoes`, `pictures`
    or `chosen_voxels`."""
    text: str
    declared: bool
    """Whether the study asks for it by name, to show what it does."""


def leaks(rule: str, params: Mapping[str, Any]) -> list[Leak]:
    """Find the leaks in what a job was asked to do.

    Parameters
    ----------
    rule
        Rule of the job.
    params
        Its parameters: `plan` of fits, `options` of features.

    Returns
    -------
    list[Leak]
        None for rules that neither train nor choose.

    Raises
    ------
    pydantic.ValidationError
        When the plan of a fit is none that this version of BRAID knows.
    """
    return list(_READERS[rule](params)) if rule in _READERS else []


def _of_fit(params: Mapping[str, Any]) -> Iterator[Leak]:
    plan = Plan.model_validate(params["plan"])
    yield from _short_gap(plan, plan.split, "the test blocks")
    yield from _echoes(plan)
    yield from _pictures(plan)
    if _uses_inner(plan):
        yield from _test_runs(plan)
        yield from _short_gap(plan, plan.fit.inner, "the blocks that choose")
    yield from _scheme(plan) if plan.fit.scheme else _stacked(plan)
    for name in _repeated(plan.fit.features):
        yield Leak("shared_column", f"the features {name} are in the design twice", declared=False)


def _of_vectors(params: Mapping[str, Any]) -> Iterator[Leak]:
    if params["encoder"].get("sees_test"):
        text = "voxels are chosen by scores on the test runs, on which their network is compared"
        yield Leak("chosen_voxels", text, declared=True)


def _of_features(params: Mapping[str, Any]) -> Iterator[Leak]:
    bands = params["options"].get("bands", {})
    for column in _repeated(chain.from_iterable(bands.values())):
        names = " and ".join(band for band, columns in bands.items() if column in columns)
        text = f"the bands {names} share the column {column}: either can explain what it does"
        yield Leak("shared_column", text, declared=False)


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Leak]]] = MappingProxyType(
    {"compress": _of_vectors, "extract": _of_features, "fit": _of_fit, "search": _of_fit}
)


def _test_runs(plan: Plan) -> Iterator[Leak]:
    outer, inner = (_held_out(folds, plan) for folds in (plan.split, plan.fit.inner))
    if both := sorted(outer & inner):
        chosen = "the penalty that all voxels share" if plan.one_penalty else "layer and penalties"
        yield Leak("test_runs", f"the test runs {', '.join(both)} choose {chosen}", declared=False)


def _held_out(folds: Folds, plan: Plan) -> set[str]:
    return set(folds.runs.get(plan.source, ())) if isinstance(folds, HeldOut) else set()


def _short_gap(plan: Plan, folds: Folds, blocks: str) -> Iterator[Leak]:
    """Rows within the longest delay of a block see its features, or it sees theirs."""
    longest = max(plan.delays())
    if isinstance(folds, BlockFolds) and (gap := round(folds.gap / plan.tr)) < longest:
        text = f"{gap} TRs lie between {blocks} and training, delays reach over {longest}"
        yield Leak("short_gap", text, declared=False)


def _echoes(plan: Plan) -> Iterator[Leak]:
    if isinstance(plan.split, EchoFolds):
        text = "echoes of one scan are trained on and tested on: they share its noise"
        yield Leak("echoes", text, declared=True)


def _pictures(plan: Plan) -> Iterator[Leak]:
    """Folds of pictures say that rows are trials: all folds must then be such, and rows apart."""
    inner = isinstance(plan.fit.inner, PictureFolds | SharedPictures)
    if _uses_inner(plan) and inner != plan.of_pictures:
        what = "chosen by" if plan.of_pictures else "tested on"
        text = f"trials of one picture are trained on and {what}"
        yield Leak("pictures", text, declared=False)
    if plan.of_pictures and any(plan.fit.delays):
        text = "delays run from trials of pictures that are tested on to those beside them"
        yield Leak("pictures", text, declared=False)


def _stacked(plan: Plan) -> Iterator[Leak]:
    if plan.fit.edges == "stack" and any(plan.fit.delays):
        text = "delays run across recordings: the first rows of one see the end of the one before"
        yield Leak("stacked_delays", text, declared=True)


def _scheme(plan: Plan) -> Iterator[Leak]:
    name = str(plan.fit.scheme)
    for flaw in _schemes()[name].flaws:
        yield Leak("scheme", f"{name}: {flaw}", declared=True)


def _uses_inner(plan: Plan) -> bool:
    """Whether the inner folds are those of the study: most schemes bring their own."""
    return not plan.fit.scheme or "folds" in _schemes()[plan.fit.scheme].open


def _schemes() -> Mapping[str, Any]:
    # Imported here: few fits are schemes, and scikit-learn takes a second.
    from braid.fitting.published.schemes import SCHEMES

    return SCHEMES


def _repeated(names: Any) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
