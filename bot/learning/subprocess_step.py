"""Runs one step of a training run in a process of its own, at low priority, and listens to what it tells."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bot.errors import Failed

COMMAND = (sys.executable, "-m", "bot", "learning-step")
# One thread: the other cores stay with the citizens.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
LINE_MOST = 64 * 2**20
"""Bytes of the longest line: the figures of two models and a thousand changed messages."""


async def run_step(
    request: dict[str, Any],
    log: Path,
    tell: Callable[[float], Awaitable[None]],
    *,
    command: Sequence[str] = COMMAND,
    environment: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Run a step and return its result.

    Args:
        request: what is to be done (`bot.engine.learning_step`).
        log: file to which what it prints is added.
        tell: is awaited with how much is done; what it raises ends the process.
        command: the program.
        environment: further variables: the settings of this process.

    Returns:
        The result that it told.

    Raises:
        Failed: it failed, was killed, or told nothing; the message says why and names the log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=out,
            env=os.environ | ONE_THREAD | (environment or {}),
            limit=LINE_MOST,
            # A group of its own: a cancelled training leaves no process behind.
            start_new_session=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(request).encode())
        with contextlib.suppress(ConnectionError):  # it died at once: its end says so below
            await process.stdin.drain()
        process.stdin.close()
        result, error = None, ""
        async for line in process.stdout:
            told = _told(line)
            result, error = told.get("result", result), told.get("error", {}).get("message", error)
            await tell(float(told.get("done", -1.0)))
        code = await process.wait()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if result is None or code != 0:
        reason = error or (f"it was killed by signal {-code}." if code < 0 else f"it ended with code {code}.")
        raise Failed(f"{request['step']}: {reason} Its log: {log.name}", code="training-failed")
    return dict(result)


def _told(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
