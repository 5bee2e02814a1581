"""How jobs ended, as sacct says of a job and its steps."""

from pathlib import Path

from braid.cluster.ended import read

# The real Slurm's words; then those of one before 21.08, a node that died, and a step that was
# measured.
SAID = (
    (Path(__file__).parent / "said/sandbox.ended.txt").read_text()
    + """\
124|CANCELLED by 1000|0:0|UNLIMITED|00:00:00|500Mc||4|None assigned
130|NODE_FAIL|0:0|7-00:00:00|1-02:00:00|16G||8|gpu1
21|COMPLETED|0:0|00:05:00|00:00:04|500M||1|cpu1
21.batch|COMPLETED|0:0||00:00:04||98304K|1|cpu1
21.0|COMPLETED|0:0||00:00:03||120M|1|cpu1
"""
)
MB = 2**20


def of(number):
    return next(job for job in read(SAID) if job.id == number)


def test_every_job_once():
    numbers = ["13", "14", "15", "16", "17", "124", "130", "21"]
    assert [job.id for job in read(SAID)] == numbers


def test_one_that_went_well_with_its_largest_step():
    job = of("21")
    assert (job.state, job.used, job.asked, job.node) == ("COMPLETED", 120 * MB, 500 * MB, "cpu1")


def test_memory_ran_out_though_slurm_says_only_failed():
    assert (of("13").state, of("13").asked) == ("OUT_OF_MEMORY", 100 * MB)


def test_a_program_that_failed():
    assert (of("15").state, of("15").code) == ("FAILED", "3:0")


def test_time_ran_out():
    assert (of("14").state, of("14").limit, of("14").elapsed) == ("TIMEOUT", 60, 70)


def test_cancelled_by_somebody_before_it_began():
    assert (of("17").state, of("17").used) == ("CANCELLED", None)
    assert (of("124").state, of("124").limit) == ("CANCELLED", None)
    # Before 21.08: for each of its CPUs.
    assert of("124").asked == 4 * 500 * MB


def test_a_node_died():
    job = of("130")
    assert (job.state, job.limit, job.elapsed) == ("NODE_FAIL", 604_800, 93_600)
