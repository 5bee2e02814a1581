import pytest

from braid.sources.folders import atomic_folder


def test_a_folder_appears_whole(tmp_path):
    with atomic_folder(tmp_path / "new" / "out") as partial:
        (partial / "a").write_text("a")
        assert not (tmp_path / "new" / "out").exists()
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["out"]
    assert (tmp_path / "new" / "out").stat().st_mode & 0o777 == 0o755


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path):
    out = tmp_path / "new" / "out"
    out.mkdir(parents=True)
    (out / "old").write_text("old")
    with pytest.raises(RuntimeError), atomic_folder(out) as partial:
        (partial / "a").write_text("a")
        raise RuntimeError
    assert [str(p.relative_to(out.parent)) for p in out.parent.rglob("*")] == ["out", "out/old"]
