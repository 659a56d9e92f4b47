"""One step of a training run, in a process of its own: a request as JSON on standard input, lines of JSON out.

A line is `{"done": 0.4}`, `{"result": {...}}` or `{"error": {"code", "message"}}`. All else that is printed, by Rasa
and its libraries, goes to standard error, which is the run's log.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from bot.engine.background import stand_back
from bot.errors import GuichetError
from bot.settings import Settings

LOOK = 1.0
"""Seconds between two guesses of how far a training is."""
GUESSED_MOST = 0.95
"""A guess never claims the end."""


def run_step(settings: Settings) -> int:
    """Read what is to be done, do it, and tell how it goes; return the exit code."""
    request = json.loads(sys.stdin.read())
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    stand_back()

    def tell(line: dict[str, Any]) -> None:
        out.write(json.dumps(line) + "\n")
        out.flush()

    try:
        tell({"result": _do(settings, request, lambda done: tell({"done": round(done, 3)}))})
        return 0
    except GuichetError as error:
        tell({"error": {"code": error.code, "message": error.message}})
    except OSError as error:
        # A full disk above all; Rasa lets it through as it is.
        message = f"{os.strerror(error.errno) if error.errno else type(error).__name__}."
        tell({"error": {"code": "training-failed", "message": message}})
    return 1


def _do(settings: Settings, request: dict[str, Any], tell: Callable[[float], None]) -> dict[str, Any]:
    from bot.engine.train import prepare_rasa, train

    if request["step"] == "train":
        with _guessing(float(request["usual"]), tell):
            trained = train(settings, challenger=request["challenger"])
        return {"seconds": round(trained.seconds, 1)}
    prepare_rasa()
    from bot.engine.compare import compare, listen

    champion, challenger = (settings.models_dir / request[name] for name in ("champion", "challenger"))
    messages = [(int(turn), int(count), str(text)) for turn, count, text in request["messages"]]
    if request["step"] == "listen":
        return {"changes": [asdict(each) for each in listen(champion, challenger, messages)]}
    comparison, changes = compare(settings, champion, challenger, messages, request["newer"], tell)
    return {"comparison": comparison.wire(), "changes": [asdict(each) for each in changes]}


@contextmanager
def _guessing(usual: float, tell: Callable[[float], None]) -> Iterator[None]:
    """Tell how far a training is while it goes on, which Rasa does not say: by the time of the champion's, in seconds.

    What counts is the time that this process had of the processor: while others have it, nothing is done.
    """
    over = threading.Event()

    def guess() -> None:
        while not over.wait(LOOK):
            tell(min(GUESSED_MOST, time.process_time() / max(1.0, usual)))

    guessing = threading.Thread(target=guess, daemon=True)
    guessing.start()
    try:
        yield
    finally:
        over.set()
        guessing.join()
