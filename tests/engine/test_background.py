"""Work that stands back: the processor when nobody wants it, one core, first to go when memory runs out."""

import os
import subprocess
import sys

import pytest

ASK = """
import json, os, resource
from pathlib import Path
from bot.engine.background import stand_back
stand_back()
print(json.dumps({
    "nice": os.nice(0),
    "idle": os.sched_getscheduler(0) == os.SCHED_IDLE,
    "cores": len(os.sched_getaffinity(0)),
    "first to end": int(Path("/proc/self/oom_score_adj").read_text()),
}))
try:
    bytearray(resource.getrlimit(resource.RLIMIT_DATA)[0] + 1)
except MemoryError:
    print("no more memory than the limit")
"""


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="only Linux has it")
def test_a_process_that_stands_back_takes_what_nobody_wants() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert '"nice": 19, "idle": true, "cores": 1, "first to end": 1000' in said[-2]
    assert said[-1] == "no more memory than the limit"
