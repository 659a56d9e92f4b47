"""The process of a step: what it tells is heard, what it dies of is said, and nothing of it is left behind."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bot.errors import Failed
from bot.learning.subprocess_step import run_step

READ = "import json, sys, os, time; request = json.load(sys.stdin); "


def program(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", READ + code)


async def nothing(done: float) -> None:
    pass


async def test_progress_and_result_are_heard_and_the_rest_is_in_the_log(tmp_path: Path) -> None:
    heard = []

    async def hear(done: float) -> None:
        heard.append(done)

    code = 'print(\'{"done": 0.5}\'); print("noise"); print("words", file=sys.stderr); '
    code += 'print(json.dumps({"result": {"same": request, "threads": os.environ["OMP_NUM_THREADS"]}}))'
    result = await run_step({"step": "train"}, tmp_path / "logs" / "log", hear, command=program(code))
    assert result == {"same": {"step": "train"}, "threads": "1"}
    assert 0.5 in heard
    assert (tmp_path / "logs" / "log").read_text() == "words\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ('print(json.dumps({"error": {"message": "No space left on device."}})); sys.exit(1)', "No space left"),
        ("sys.exit(3)", "ended with code 3"),
        ("os.kill(os.getpid(), 9)", "killed by signal 9"),
        ("pass", "ended with code 0"),
        ('print(json.dumps({"result": {}})); sys.exit(1)', "ended with code 1"),
    ],
)
async def test_a_step_that_fails_says_why_and_names_its_log(tmp_path: Path, code: str, said: str) -> None:
    with pytest.raises(Failed, match=said) as caught:
        await run_step({"step": "train"}, tmp_path / "run-1.log", nothing, command=program(code))
    assert "run-1.log" in caught.value.message


async def test_a_cancelled_step_leaves_no_process(tmp_path: Path) -> None:
    started = asyncio.Event()

    async def hear(done: float) -> None:
        started.set()

    code = f'open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid())); '
    code += 'print(json.dumps({"done": 0}), flush=True); time.sleep(600)'
    task = asyncio.create_task(run_step({"step": "train"}, tmp_path / "log", hear, command=program(code)))
    await asyncio.wait_for(started.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
