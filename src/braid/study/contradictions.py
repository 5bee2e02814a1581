"""What no single field of a study shows: names that dangle, test runs that something has seen."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from braid.study.encoders import Compressed, EncodingSelected, ExplainableVariance
from braid.study.features import TunedModel
from braid.study.fits import HeldOut
from braid.study.models import Figure, Study
from braid.study.pictures import CaptionVectors, Regress
from braid.study.trained import OnResponses, Tuned
from braid.study.yaml import Place, Problem

# Kinds of figure that compare fits with one of them.
COMPARING = ("comparison", "table")
# Kinds of figure that show pictures, and name the reconstruction that the others stand beside.
OF_PICTURES = ("picture_table", "reconstructions")

Runs = Mapping[Any, Collection[str]]


def contradictions(study: Study) -> Iterator[Problem]:
    """Yield each problem with its place in the file."""
    if study.chance.block != "matched" and study.chance.kind != "block_permutation":
        yield ("chance", "block"), f"{study.chance.kind} has no block to choose"
    for name, figure in study.figures.items():
        if figure.kind in COMPARING and figure.against is None:
            yield ("figures", name), f"a {figure.kind} needs `against`: what fits are compared with"
    yield from _dangling(study)
    yield from _not_captions(study)
    yield from _seen(study)


def _dangling(study: Study) -> Iterator[Problem]:
    """Names that nothing has."""
    for name, fit in study.fits.items():
        yield from _unknown(("fits", name, "features"), fit.features, study.features)
    for name, feature in study.features.items():
        if isinstance(feature, TunedModel):
            place = ("features", name, "network")
            yield from _unknown(place, feature.names(), study.networks)
    for name, network in study.networks.items():
        if isinstance(network, Tuned):
            yield from _unknown(("networks", name, "encoder"), [network.encoder], study.encoders)
    for name, decoder in study.decoders.items():
        if isinstance(decoder, Regress):
            place = ("decoders", name, "feature")
            yield from _unknown(place, [decoder.feature], study.features)
    for name, made in study.reconstructions.items():
        for field in ("z", "c"):
            decoders = filter(None, [getattr(made, field)])
            yield from _unknown(("reconstructions", name, field), decoders, study.decoders)
    for name, encoder in study.encoders.items():
        if isinstance(encoder, EncodingSelected):
            yield from _unknown(("encoders", name, "fit"), [encoder.fit], study.fits)
        if isinstance(encoder, Compressed):
            yield from _unknown(("encoders", name, "network"), [encoder.network], study.networks)
    for name, figure in study.figures.items():
        named = {
            "fits": (figure.fits, study.fits),
            "baselines": (figure.baselines, study.fits),
            "against": (filter(None, [figure.against]), _against(study, figure)),
            "decoders": (figure.decoders, study.decoders),
            "networks": (figure.networks, study.networks),
            "reconstructions": (figure.reconstructions, study.reconstructions),
            "controls": (figure.controls, study.reconstructions),
            "metric": (filter(None, [figure.metric]), study.metrics),
            "levels": ([level.fit for level in figure.levels], study.fits),
        }
        for field, (names, known) in named.items():
            yield from _unknown(("figures", name, field), names, known)


def _not_captions(study: Study) -> Iterator[Problem]:
    """Decoders of other things than captions, in a figure of languages."""
    for name, figure in study.figures.items():
        if figure.kind == "languages":
            for i, decoder in enumerate(figure.decoders):
                feature = getattr(study.decoders.get(decoder), "feature", None)
                if not isinstance(study.features.get(str(feature)), CaptionVectors):
                    yield ("figures", name, "decoders", i), f"{decoder!r} decodes no captions"


def _against(study: Study, figure: Figure) -> Mapping[str, object]:
    """What `against` may name: a fit, or a reconstruction where pictures are shown."""
    return study.reconstructions if figure.kind in OF_PICTURES else study.fits


def _unknown(place: Place, names: Iterable[str], known: Mapping[str, object]) -> Iterator[Problem]:
    for i, name in enumerate(names):
        if name not in known:
            yield (*place, i), f"{name!r} is not defined here (known: {', '.join(known) or 'none'})"


def _seen(study: Study) -> Iterator[Problem]:
    """Test runs that choose a penalty, train or stop a network, or give it its voxels."""
    for name, fit in study.fits.items():
        split = fit.split or study.split
        if isinstance(split, HeldOut) and isinstance(fit.inner, HeldOut):
            place = ("fits", name, "inner")
            yield from _shared(place, split.runs, fit.inner.runs, "would choose the penalty")
    for name, network in study.networks.items():
        if isinstance(network, OnResponses):
            yield from _seen_by(name, network, study)


def _seen_by(name: str, network: OnResponses, study: Study) -> Iterator[Problem]:
    place = ("networks", name)
    training, validation = network.training, network.validation
    for source, runs in _both(training, validation).items():
        yield place, f"runs of {source} would train it and stop it: {', '.join(runs)}"
    if network.dataset in (None, study.dataset):
        yield from _shared((*place, "training"), _tested(study), training, "would train it")
        yield from _shared((*place, "validation"), _tested(study), validation, "would stop it")
    if isinstance(network, Tuned):
        yield from _chosen(network.encoder, study)


def _chosen(name: str, study: Study) -> Iterator[Problem]:
    """Test runs that the voxels of an encoder are chosen by."""
    encoder, what = study.encoders.get(name), "would choose its voxels"
    if isinstance(encoder, ExplainableVariance):
        runs = {source: [run] for source, run in encoder.run.items()}
        yield from _shared(("encoders", name, "run"), _tested(study), runs, what)
    if isinstance(encoder, EncodingSelected) and not encoder.sees_test:
        fit = study.fits.get(encoder.fit)
        if fit and not fit.runs:
            yield ("encoders", name, "fit"), f"{encoder.fit!r} has no `runs`: test runs {what}"
        elif fit:
            yield from _shared(("encoders", name, "fit"), _tested(study), fit.runs, what)


def _tested(study: Study) -> Runs:
    """Test runs; of folds that leave out each run in turn, none is only that."""
    return study.split.runs if isinstance(study.split, HeldOut) else {}


def _shared(place: Place, test: Runs, used: Runs | None, what: str) -> Iterator[Problem]:
    for source, runs in _both(test, used or {}).items():
        yield place, f"test runs of {source} {what}: {', '.join(runs)}"


def _both(one: Runs, other: Runs) -> dict[str, list[str]]:
    """Runs of each source that both have, where there are any."""
    shared = {
        source: sorted(set(runs) & set(other.get(source, ()))) for source, runs in one.items()
    }
    return {source: runs for source, runs in shared.items() if runs}
