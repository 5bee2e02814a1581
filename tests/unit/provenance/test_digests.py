"""Code digests: they follow meaning, through imports, and nothing else."""

import pytest

from braid.provenance.digests import _imported, _lock, _meaning, _reached, code


def test_comments_and_layout_have_no_meaning():
    assert _meaning("x = f( 1 )  # one\n") == _meaning("x = f(1)")
    assert _meaning("x = f(1)") != _meaning("x = f(2)")


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
    assert module in set(_imported(source))


def test_imports_are_followed_and_packages_on_the_way_counted():
    reached = _reached({"braid.evaluation.encoding"})
    assert {"braid", "braid.evaluation", "braid.fitting.ridge", "braid.fitting"} <= reached
    assert "braid.drawing" not in reached


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
