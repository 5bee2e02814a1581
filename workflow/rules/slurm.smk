"""What keeps a run from surprises that the workflow engine has, on a cluster above all."""

import shutil
import subprocess
import threading
from functools import cache

from snakemake.output_index import OutputIndex
from snakemake_executor_plugin_slurm import Executor

# Snakemake (9.27.1) matches a file to the rules anew for each job that reads it: a third of the
# time that planning all studies takes. Which rules make a file does not change in a run.
if not hasattr(OutputIndex.match_producers, "cache_info"):
    OutputIndex.match_producers = cache(OutputIndex.match_producers)

# The executor (2.8.0) asks ten seconds later each time that no job has ended, up to three minutes: as
# long may each step of a study lie done and unseen. Here it asks at the pace of the profile.
Executor.next_seconds_between_status_checks = property(
    lambda executor: executor.workflow.executor_settings.init_seconds_before_status_checks,
    lambda executor, seconds: None,
)

# The executor asks these in place of Slurm's own; they say why.
if shutil.which("squeue"):
    os.environ["PATH"] = (
        os.path.abspath("profiles/slurm/bin") + os.pathsep + os.environ["PATH"]
    )


def left_in_queue():
    """Jobs that an earlier run of this folder left in the queue, by their numbers."""
    if not shutil.which("squeue"):
        return []
    command = ["squeue", "--noheader", "--user", str(os.getuid()), "--format=%A|%j|%Z"]
    rows = subprocess.run(command, capture_output=True, text=True).stdout.split()
    jobs = [row.split("|") for row in rows]
    here = os.getcwd()
    return [
        job
        for job, name, folder in jobs
        if name.startswith("braid_") and folder == here
    ]


onstart:
    if left_in_queue():
        raise WorkflowError(
            f"jobs of an earlier run are still in the queue ({', '.join(left_in_queue())}) and "
            "would write the same files: run profiles/slurm/recover.sh, then start again"
        )
    # With a limit of jobs per time Snakemake (9.27.1) starts another clock after every job, which
    # never stops, and at each tick all waiting jobs are looked at: two fifths of a core after 300
    # jobs. How many jobs are in a queue at once is limited in any case.
    workflow.scheduler.job_rate_limiter = None
    # Asked to end (TERM) while it chooses jobs, Snakemake would wait for ever for a lock that it holds
    # itself. With thousands of jobs it chooses most of the time.
    workflow.scheduler._lock = threading.RLock()
