"""Records: what a job read, ran and wrote, and what it refuses to vouch for."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import processes
import pytest

from braid.errors import BadInput
from braid.provenance import Record, recorded
from braid.store import sha256


@pytest.fixture
def job(tmp_path, monkeypatch, make_job):
    monkeypatch.chdir(tmp_path)
    Path("x.txt").write_text("input")
    Path("weights").mkdir()
    Path("weights/model.bin").write_bytes(b"123")
    return make_job(
        inputs={"bold": "x.txt", "model": ["weights"]},
        outputs={"responses": "y.txt", "prov": "y.prov.json"},
        params={"code": "abc", "seed": 3},
        subject="UTS01",
    )


def test_a_record_names_all_that_was_read_and_written(job):
    with recorded(job) as asked:
        Path("y.txt").write_text("output")
    record = Record.model_validate_json(Path("y.prov.json").read_text())
    bold, model = record.inputs
    assert (bold.role, bold.path, bold.bytes) == ("bold", "x.txt", 5)
    assert bold.sha256 == sha256("x.txt")
    assert model.files == {"model.bin": sha256("weights/model.bin")}
    assert [file.path for file in record.outputs] == ["y.txt"]
    assert record.outputs[0].sha256 == sha256("y.txt")
    assert record.params == {"code": "abc", "seed": 3}
    assert record.wildcards == {"subject": "UTS01"}
    assert record.passport == asked.passport


def test_a_record_says_what_ran_and_where(job):
    with recorded(job):
        Path("y.txt").write_text("output")
    record = Record.model_validate_json(Path("y.prov.json").read_text())
    assert record.code.modules["src/braid/store/files.py"] == sha256(
        Path(__file__).parents[3] / "src/braid/store/files.py"
    )
    assert record.software.packages["numpy"]
    assert record.machine.device
    assert record.usage.seconds >= 0
    assert record.usage.peak_rss_bytes > 1e6


def test_the_passport_follows_inputs_and_parameters_only(job):
    def passport():
        with recorded(job) as asked:
            Path("y.txt").write_text("output")
        return asked.passport

    first = passport()
    assert passport() == first
    job.params["seed"] = 4
    changed = passport()
    assert changed != first
    job.params["seed"] = 3
    Path("x.txt").write_text("other")
    assert passport() not in (first, changed)


def test_what_a_killed_attempt_left_is_deleted_and_nothing_else(job):
    Path(".partial-abc_0123y.txt").write_text("half")
    Path(".partial-abc_0123y.prov.json/inner").mkdir(parents=True)
    others = [Path(name) for name in (".partial-abc_0123other.txt", ".partial-abc_0123x-y.txt")]
    for other in others:
        other.write_text("of another job")
    with recorded(job):
        Path("y.txt").write_text("output")
    assert sorted(Path().glob(".partial-*")) == others


@pytest.mark.fault(9)
def test_an_input_that_changes_during_the_job_is_not_vouched_for(job):
    with pytest.raises(SystemExit), recorded(job):
        Path("y.txt").write_text("output")
        Path("x.txt").write_text("appended")
    assert "x.txt: sha256: it changed while the job ran" in Path("logs/respond.log").read_text()
    assert not Path("y.prov.json").exists()


def test_bad_input_is_one_line_in_the_log_and_no_record(job, capsys):
    with pytest.raises(SystemExit) as stop, recorded(job):
        raise BadInput("a.TextGrid", "tier 'word'", "missing", "rename the tier")
    assert stop.value.code == 1
    log = Path("logs/respond.log").read_text()
    assert "a.TextGrid: tier 'word': missing" in log
    assert "cure: rename the tier" in log
    assert "Traceback" not in log + capsys.readouterr().err
    assert not Path("y.prov.json").exists()


def test_a_crash_leaves_its_traceback_in_the_log_and_no_record(job):
    with pytest.raises(ZeroDivisionError), recorded(job):
        raise ZeroDivisionError
    assert "Traceback" in Path("logs/respond.log").read_text()
    assert not Path("y.prov.json").exists()


@pytest.mark.fault(44)
def test_secrets_reach_no_record(job, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "CANARY-5ecret")
    with recorded(job):
        Path("y.txt").write_text("output")
    assert "CANARY" not in Path("y.prov.json").read_text() + Path("logs/respond.log").read_text()


@pytest.mark.fault(44)
@pytest.mark.parametrize("name", ["token", "nsd_password", "API_KEY", "aws_secret_access"])
def test_a_parameter_that_may_hold_a_secret_is_refused(job, name):
    job.params[name] = "CANARY"
    with pytest.raises(ValueError, match="use the environment"), recorded(job):
        pass


def test_an_annexed_input_is_recorded_by_its_key(job):
    key = "SHA256E-s5--abc.txt"
    store = Path(".git/annex/objects/aa/bb") / key / key
    store.parent.mkdir(parents=True)
    Path("x.txt").replace(store)
    Path("x.txt").symlink_to(store)
    with recorded(job):
        Path("y.txt").write_text("output")
    assert json.loads(Path("y.prov.json").read_text())["inputs"][0]["annex_key"] == key


@pytest.mark.fault(6)
def test_an_output_that_something_still_writes_is_not_vouched_for(job):
    writes = "i=0; while [ $((i+=1)) -lt 999999 ]; do echo x >> y.txt; done"
    with subprocess.Popen(["sh", "-c", writes]) as writer:
        processes.until(Path("y.txt").exists)
        with pytest.raises(SystemExit), recorded(job):
            # So long that the writer gets its turn while it is hashed, on a busy machine too.
            processes.until(Path("y.txt").exists)
            os.truncate("y.txt", 500_000_000)
        assert writer.poll() is None, "it had ended: nothing was tested"
        writer.kill()
    assert "y.txt: sha256: something still writes it" in Path("logs/respond.log").read_text()
    assert not Path("y.prov.json").exists()


def test_what_a_killed_job_left_is_removed_by_the_next(job):
    Path(".partial-abcdefghy.txt").touch()
    with recorded(job):
        Path("y.txt").write_text("output")
    assert not Path(".partial-abcdefghy.txt").exists()


def test_a_log_begins_with_what_was_asked_for(job):
    with recorded(job):
        Path("y.txt").write_text("output")
    first = Path("logs/respond.log").read_text().splitlines()[0]
    assert f"respond on {platform.node()}, 100 MB asked for" in first


@pytest.mark.fault(3)
def test_two_processes_are_never_at_one_job(job, caplog):
    holds = (
        "from pathlib import Path; from time import sleep; from braid.provenance.logs import alone;"
        "lock = alone(Path('logs/respond.log'), 'respond'); lock.__enter__();"
        "Path('held').touch(); sleep(1); Path('ended').touch()"
    )
    with subprocess.Popen([sys.executable, "-c", holds]) as holder:
        processes.until(Path("held").exists)
        with recorded(job):
            assert Path("ended").exists()
            Path("y.txt").write_text("output")
    assert caplog.messages[0] == (
        "respond: waiting for a process of an earlier run that makes the same files: "
        f"process {holder.pid} on {platform.node()}"
    )


def test_an_output_that_was_not_written_fails_the_job(job):
    with pytest.raises(FileNotFoundError), recorded(job):
        pass
    assert not Path("y.prov.json").exists()
