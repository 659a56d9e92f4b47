"""SMS: the interface that an operator's gateway will have, with a file for now."""

import json
from pathlib import Path

from bot.db import now
from bot.requests.outbox import Parcel, Status
from bot.settings import Settings


class SmsSink:
    """Writes each SMS as a line of JSON to a file that only its owner may read; nothing leaves the machine.

    Args:
        settings: names the file; without one no SMS is sent.
    """

    def __init__(self, settings: Settings) -> None:
        self._path = Path(settings.sms_file) if settings.sms_file else None

    async def send(self, parcel: Parcel, number: str, text: str) -> tuple[Status, str | None]:
        """Send a text to a number (E.164); return how it ended."""
        if self._path is None:
            return Status.SKIPPED, "no sms"
        line = {"id": parcel.id, "to": number, "text": text, "at": now().isoformat()}
        self._path.touch(mode=0o600)
        with self._path.open("a", encoding="utf-8") as sink:
            sink.write(json.dumps(line, ensure_ascii=False) + "\n")
        return Status.SENT, None
