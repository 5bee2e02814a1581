"""What killed processes leave of files and folders, and folders that go at once."""

import shutil

from braid.sources.folders import atomic_folder
from braid.store import atomic, clear


def test_what_a_killed_process_left_of_a_file_is_deleted_and_nothing_else(tmp_path):
    target = tmp_path / "0.nc"
    with atomic(target) as partial:
        shutil.copy(partial, kept := tmp_path / "kept")
        left = partial.name
    shutil.move(kept, tmp_path / left)
    others = ["0.nc", ".partial-abcdefgh10.nc", ".partial-abcdefgh0.nc.prov.json", "x0.nc"]
    for name in others:
        (tmp_path / name).touch()
    clear(target)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(others)


def test_what_a_killed_process_left_of_a_folder_is_deleted(tmp_path):
    with atomic_folder(tmp_path / "out") as partial:
        left = partial.name
    (tmp_path / left / "inside").mkdir(parents=True)
    clear(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_name_with_brackets_is_no_pattern(tmp_path):
    (tmp_path / ".partial-abcdefgha.nc").touch()
    clear(tmp_path / "[a].nc")
    assert (tmp_path / ".partial-abcdefgha.nc").exists()
