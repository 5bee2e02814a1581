"""A child process of a measurement: a task as JSON on stdin, what it found as JSON on stdout."""

import importlib
import json
import sys

import numpy as np
from bench.measure import Measured
from threadpoolctl import threadpool_info


def work(task: Measured) -> Measured:
    """Do the work, once BLAS is awake, and name the BLAS that did it."""
    function = getattr(importlib.import_module(task["module"]), task["function"])
    np.ones((512, 512)) @ np.ones((512, 512))
    found = function(**task["arguments"])
    kept = ("internal_api", "architecture", "num_threads")
    return found | {"blas": [{key: pool.get(key) for key in kept} for pool in threadpool_info()]}


if __name__ == "__main__":
    print(json.dumps(work(json.load(sys.stdin))))
