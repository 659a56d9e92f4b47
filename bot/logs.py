"""The log: lines of text or JSON objects, each with the number of the call that it belongs to, and no personal data.

The number goes from the browser (or the proxy) to the gateway and on to the engine, as `X-Request-Id`, and back in
each answer: under it all that one call caused is found again, in both processes.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import uuid4

HEADER = "X-Request-Id"
_NUMBER: ContextVar[str] = ContextVar("request_id", default="")
# A UUID or 32 hexadecimal figures, as proxies make them. Anything freer could hold a name.
_WELL_FORMED = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


@contextmanager
def numbered(given: str | None = None) -> Iterator[str]:
    """Give a number to all that is logged in the block, and return it.

    Args:
        given: the number that the caller brought; another is made when it is not well-formed.
    """
    low = (given or "").lower()
    number = low.replace("-", "") if _WELL_FORMED.fullmatch(low) else uuid4().hex
    token = _NUMBER.set(number)
    try:
        yield number
    finally:
        _NUMBER.reset(token)


def number() -> str:
    """Return the number of the call that is being answered; "" outside of one."""
    return _NUMBER.get()


def headers() -> dict[str, str]:
    """Return what takes the number along to another process."""
    return {HEADER: number()} if number() else {}


def set_up(level: str, form: str, part: str) -> None:
    """Send the log to standard error.

    Args:
        level: least grave messages that are kept.
        form: `text` or `json`.
        part: which process this is: `gateway`, `engine`, or another command.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(part) if form.lower() == "json" else _Text())
    logging.basicConfig(level=level.upper(), handlers=[handler])


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s%(number)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        record.number = f" [{number()}]" if number() else ""
        return super().formatMessage(record)


class _Json(logging.Formatter):
    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "part": self._part,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number():
            line["request_id"] = number()
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
