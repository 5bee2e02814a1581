"""A token in every place where a user could put one is in nothing that a run leaves behind."""

import pytest
import tinyrepo
import toys

CANARY = "CANARY-7f3a"
VARIABLES = ("HF_TOKEN", "NSD_PASSWORD", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "OPENAI_API_KEY")


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory):
    """Run the tiny workflow with canaries all around; give the folder, and what commands said."""
    folder = tinyrepo.build(tmp_path_factory.mktemp("canaries") / "repo")
    home = folder.parent / "home"
    home.mkdir()
    (home / ".netrc").write_text(f"machine localhost login ada password {CANARY}\n")
    (home / ".git-credentials").write_text(f"https://ada:{CANARY}@localhost\n")
    toys.git(folder, "remote", "add", "origin", f"https://ada:{CANARY}@localhost/braid.git")
    secrets = dict.fromkeys(VARIABLES, CANARY) | {"HOME": str(home)}
    index = f"https://ada:{CANARY}@localhost/simple"
    resources = f"slurm_extra='--export=HF_TOKEN={CANARY}'"
    tinyrepo.made(folder, "--default-resources", resources, **secrets, PIP_INDEX_URL=index)
    figure = f"results/public/{tinyrepo.FIGURE}"
    said = [
        tinyrepo.braid(folder, *words)
        for words in (
            ("why", figure, "--json"),
            ("why", figure, "--all"),
            ("audit", figure),
            ("export", figure, "--crate", "crate"),
        )
    ]
    assert [run.returncode for run in said] == [0, 0, 0, 0], [run.stderr for run in said]
    return folder, "".join(run.stdout + run.stderr for run in said)


@pytest.mark.fault(44)
def test_no_file_of_the_run_holds_a_token(left_behind):
    folder, _ = left_behind
    kept = [folder / name for name in ("results", "logs", "crate", ".cache")]
    files = [path for place in kept for path in place.rglob("*") if path.is_file()]
    assert len(files) > 30
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []


@pytest.mark.fault(44)
def test_no_command_says_a_token(left_behind):
    _, said = left_behind
    assert "respond" in said
    assert CANARY not in said
