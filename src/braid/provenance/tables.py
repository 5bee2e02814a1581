"""A story as tables, the same in a terminal and on the page of the report."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from rich.filesize import decimal

from braid.drawing.report import Digest, Table
from braid.provenance.story import Code, Raw, Story, Weights

# A data set with more files is one row, and its files stand elsewhere.
MANY = 10
# Rules that a study chooses parameters for, and the wildcard that names its choice.
CHOICES = {"fit": "fit", "classify": "decoder", "identify": "decoder"}
# Parameters that say where things lie and what code ran, not what was asked for.
INTERNAL = {"code", "key", "part", "roles"}


def duration(seconds: float) -> str:
    """Seconds, minutes or hours, whichever reads best."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def size(count: int) -> str:
    """Bytes with a decimal prefix."""
    return decimal(count)


def behind(told: Story, most: float = MANY) -> list[Table]:
    """All but the steps, as far as there is something to tell.

    Parameters
    ----------
    told
        What to set in tables.
    most
        Data sets with more files are one row.
    """
    found = [
        gaps(told),
        datasets(told.raw),
        raw_files(told.raw, most),
        weights(told.weights),
        *parameters(told),
        seeds(told),
        tracked(told),
        code(told),
        hosts(told),
    ]
    return [table for table in found if table.rows]


def trimmed(table: Table) -> Table:
    """Drop the columns of a table that are empty in every row."""
    full = [n for n in range(len(table.columns)) if any(row[n] != "" for row in table.rows)]
    rows = [tuple(row[n] for n in full) for row in table.rows]
    return replace(table, columns=tuple(table.columns[n] for n in full), rows=rows)


def gaps(told: Story) -> Table:
    """What cannot be told."""
    rows = [(gap.path, gap.problem) for gap in told.gaps]
    return Table("Gaps in the chain", ("record or file", "problem"), rows)


def stages(told: Story) -> Table:
    """Steps by rule: how many, and what they took."""
    found = defaultdict(list)
    for step in told.steps:
        found[step.rule].append(step)
    rows = [
        (
            rule,
            len(steps),
            duration(sum(step.seconds for step in steps)),
            size(max(step.peak_rss_bytes for step in steps)),
            _listed(step.device for step in steps),
        )
        for rule, steps in found.items()
    ]
    return Table("Steps", ("stage", "jobs", "time", "peak memory", "device"), rows)


def datasets(raw: Iterable[Raw]) -> Table:
    """Data sets, each release once."""
    found = defaultdict(list)
    for file in raw:
        found[file.dataset, file.version, file.licence, file.place].append(file)
    rows = [
        (
            dataset,
            _commit(version),
            licence,
            len(files),
            size(sum(file.bytes for file in files)),
            _listed(file.lock for file in files),
            place,
        )
        for (dataset, version, licence, place), files in sorted(found.items())
    ]
    columns = ("data set", "version", "licence", "files", "bytes", "lock", "place")
    return Table("Data sets", columns, rows)


def raw_files(raw: Iterable[Raw], most: float = MANY) -> Table:
    """Raw files, without those of data sets that have more than `most` of them here."""
    found: dict[str, dict[str, Raw]] = defaultdict(dict)
    for file in raw:
        found[file.dataset + " (twin)" * file.simulated][file.path] = file
    rows = [
        (name, path, size(file.bytes), Digest(file.sha256), file.lock, file.annex_key or "")
        for name, files in sorted(found.items())
        if len(files) <= most
        for path, file in sorted(files.items())
    ]
    columns = ("data set", "path", "bytes", "sha256", "lock", "annex key")
    return trimmed(Table("Raw files", columns, rows))


def weights(models: Iterable[Weights]) -> Table:
    """Files of models and word vectors."""
    rows = {
        (model.model, name): (
            model.model,
            f"{model.kind} {model.origin}",
            _commit(model.revision),
            model.licence,
            name,
            Digest(digest),
            model.lock,
        )
        for model in models
        for name, digest in sorted(model.files.items())
    }
    columns = ("model", "origin", "revision", "licence", "file", "sha256", "lock")
    return Table("Weights", columns, [rows[key] for key in sorted(rows)])


def tracked(told: Story) -> Table:
    """Files of the repository that were read."""
    rows = [(file.path, Digest(file.sha256), file.steps) for file in told.tracked]
    return Table("Tracked inputs", ("path", "sha256", "steps"), rows)


def parameters(told: Story) -> list[Table]:
    """Parameters of the fits and decoders: those that all share, and those that differ."""
    asked = _choices(told)
    names = dict.fromkeys(name for params in asked.values() for name in params)
    cells = {name: [_text(params.get(name, "")) for params in asked.values()] for name in names}
    same = [(name, values[0]) for name, values in cells.items() if len(set(values)) == 1]
    other = [(name, *values) for name, values in cells.items() if len(set(values)) > 1]
    return [
        Table(f"Parameters of {', '.join(asked)}", ("parameter", "value"), same),
        Table("Parameters that differ", ("parameter", *asked), other),
    ]


def seeds(told: Story) -> Table:
    """Seeds, by rule."""
    rows = {
        (step.rule, name, str(seed)) for step in told.steps for name, seed in step.seeds.items()
    }
    return Table("Seeds", ("stage", "parameter", "seed"), sorted(rows))


def code(told: Story) -> Table:
    """Commits, and which steps ran at each."""
    rows = [
        (Digest(state.commit or "no commit"), _tree(state), state.steps, ", ".join(state.rules))
        for state in told.code
    ]
    return Table("Code", ("commit", "tree", "steps", "stages"), rows)


def hosts(told: Story) -> Table:
    """Machines, with the kernels and threads of their linear algebra."""
    rows = [
        (
            host.host,
            host.platform,
            host.cpus,
            host.device,
            _listed(_kernel(library) for library in host.blas),
            " ".join(f"{name}={value}" for name, value in host.env.items()),
            host.steps,
        )
        for host in told.hosts
    ]
    columns = ("host", "platform", "cores", "device", "BLAS", "environment", "steps")
    return Table("Machines", columns, rows)


def software(versions: Mapping[str, Mapping[str, int]]) -> Table:
    """Packages; of those with several versions, how many steps used each."""
    rows = [
        (name, _only(used) or ", ".join(f"{version} ({n} steps)" for version, n in used.items()))
        for name, used in versions.items()
    ]
    return Table("Software", ("package", "version"), rows)


def _choices(told: Story) -> dict[str, dict[str, object]]:
    """Parameters of each fit and decoder; they are the same for all subjects."""
    found: dict[str, dict[str, object]] = {}
    for step in told.steps:
        if step.rule in CHOICES:
            params = step.params.items()
            asked = {name: v for name, v in params if name.split(".")[0] not in INTERNAL}
            found[step.wildcards[CHOICES[step.rule]]] = asked
    return found


def _commit(version: str) -> str | Digest:
    return Digest(version) if len(version) == 40 else version


def _tree(state: Code) -> str:
    return "uncommitted changes" if state.dirty else "as committed"


def _kernel(library: Mapping[str, str | int | None]) -> str:
    """Library, version and kernel, as far as it tells them, and how many threads it used."""
    told = [library[field] for field in ("internal_api", "version", "architecture")]
    return f"{' '.join(str(word) for word in told if word)} x {library['num_threads']}"


def _only(used: Mapping[str, int]) -> str | None:
    return next(iter(used)) if len(used) == 1 else None


def _listed(words: Iterable[str]) -> str:
    """Different words, each once."""
    return ", ".join(dict.fromkeys(words))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
