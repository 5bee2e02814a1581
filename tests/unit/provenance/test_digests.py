"""Code digests: they follow meaning, through imports, and nothing else."""

import ast

import pytest

from braid.provenance import code
from braid.provenance.digests import SOURCES, _imported, _lock, _meaning, _reached


def meaning(source):
    return _meaning(ast.parse(source))


def names(modules):
    return {str(path.relative_to(SOURCES)) for path in _reached(modules)}


def test_comments_and_layout_have_no_meaning():
    assert meaning("x = f( 1 )  # one\n") == meaning("x = f(1)")
    assert meaning("x = f(1)") != meaning("x = f(2)")


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import braid.store.arrays", "braid.store.arrays"),
        ("from braid import datasets", "braid.datasets"),
        ("from braid.store import load", "braid.store"),
        ("def f():\n    from braid.fitting import fdr", "braid.fitting"),
    ],
)
def test_every_form_of_import_is_seen(source, module):
    assert module in set(_imported(ast.parse(source)))


def test_imports_are_followed_and_packages_on_the_way_counted():
    reached = names({"braid.evaluation.encoding"})
    assert {"braid/__init__.py", "braid/evaluation/__init__.py"} <= reached
    assert {"braid/fitting/__init__.py", "braid/fitting/ridge.py"} <= reached
    assert not any(name.startswith("braid/drawing") for name in reached)


def test_names_that_are_no_first_party_modules_are_left_out():
    assert names({"numpy", "braid.store.load", ""}) == set()


def test_modules_found_at_run_time_count():
    assert code("respond.py", "braid.datasets.haxby2001") != code("respond.py")


def test_the_lock_counts(monkeypatch, tmp_path):
    lock = tmp_path / "run.lock"
    monkeypatch.setattr("braid.provenance.digests.LOCK", lock)
    digests = []
    for pins in ("numpy==1.0\n", "numpy==2.0\n"):
        lock.write_text(pins)
        _lock.cache_clear()
        digests.append(code.__wrapped__("respond.py"))
    _lock.cache_clear()
    assert digests[0] != digests[1]
