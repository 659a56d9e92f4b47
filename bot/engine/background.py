"""Makes a process stand back: whatever citizens need of the machine, they get first."""

import os
import resource
from contextlib import suppress
from pathlib import Path

NICE = 19
"""The lowest priority."""
LEAST_CORES = 2
MEMORY_MOST = 3 * 2**30
"""Bytes of data that the process may have: over twice what a training of the product takes (docs/learning.md)."""


def stand_back() -> None:
    """Give this process, and what it will start, what nobody else wants; where the system refuses, as far as it goes.

    - It has the processor when nobody wants it (SCHED_IDLE on Linux, which makes its reads and writes wait too), and
      one core of several: moving from core to core, it would spoil the caches of all.
    - When memory runs out, it is the first to be ended, and it may not take more than `MEMORY_MOST`.
    """
    os.setpriority(os.PRIO_PROCESS, 0, NICE)
    # Where each session has its share of the processor, priorities count within a session only.
    _write("autogroup", NICE)
    _write("oom_score_adj", 1000)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_MOST, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    if hasattr(os, "SCHED_IDLE"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
            cores = os.sched_getaffinity(0)
            if len(cores) >= LEAST_CORES:
                os.sched_setaffinity(0, {max(cores)})


def _write(name: str, value: int) -> None:
    with suppress(OSError):
        Path("/proc/self", name).write_text(str(value))
