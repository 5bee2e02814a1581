"""Jobs in the queue: those of runs, and others."""

from braid.cluster.queue import read

RUN = "braid_1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
SAID = f"""\
12|RUNNING|1:02|None|{RUN}|/home/a/braid|rule_fit_wildcards_twin|with a bar
13|PENDING|0:00|Resources|{RUN.removeprefix("braid_")}|/home/a/braid|rule_fit_wildcards_x
14|PENDING|0:00|(Dependency)|sbatch|/home/a/braid|(null)
"""


def test_the_comment_may_hold_what_separates_columns():
    run, bare, other = read(SAID)
    assert (run.id, run.state, run.folder) == ("12", "RUNNING", "/home/a/braid")
    assert run.comment == "rule_fit_wildcards_twin|with a bar"
    assert (bare.reason, other.comment) == ("Resources", "(null)")


def test_the_executor_names_jobs_after_the_run():
    assert [job.is_of_run for job in read(SAID)] == [True, True, False]


def test_an_empty_queue():
    assert read("") == []
