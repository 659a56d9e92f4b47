"""One step of a training run, in a process of its own: a request as JSON on standard input, lines of JSON out.

A line is `{"done": 0.4}`, `{"result": {...}}` or `{"error": {"code", "message"}}`. All else that is printed, by Rasa
and its libraries, goes to standard error, which is the run's log.
"""

import json
import os
import sys
from dataclasses import asdict
from typing import Any

from bot.engine.background import stand_back
from bot.errors import GuichetError
from bot.settings import Settings


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


def _do(settings: Settings, request: dict[str, Any], tell: Any) -> dict[str, Any]:
    from bot.engine.train import prepare_rasa, train

    if request["step"] == "train":
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
