"""A row for any table: what the retention asks about is old and over, the rest is of its type."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, Integer, LargeBinary, Table

from bot.db import Moment, now
from bot.privacy.encryption import Cipher
from bot.requests.model import State

OVER: dict[tuple[str, str], Any] = {
    ("requests", "state"): State.REFUSED,
    ("requests", "filed_at"): now() - timedelta(days=5000),
    ("request_files", "request_id"): "1",
    ("outbox", "event_id"): 1,
}


def row_of_long_ago(table: Table, cipher: Cipher) -> dict[str, Any]:
    """Return the values of a row; every key is 1, so that each row hangs on its parent."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if (table.name, column.name) in OVER:
            values[column.name] = OVER[table.name, column.name]
        elif not column.nullable and column is not table.autoincrement_column:
            values[column.name] = _value(column.type, cipher)
    return values


def _value(kind: Any, cipher: Cipher) -> Any:
    if isinstance(kind, Moment):
        long_ago: datetime = now() - timedelta(days=5000)
        return long_ago
    if isinstance(kind, Date):
        return (now() - timedelta(days=5000)).date()
    for types, value in (
        (LargeBinary, cipher.encrypt("1")),
        (JSON, {}),
        (Boolean, True),
        ((Integer, Float), 1),
    ):
        if isinstance(kind, types):  # type: ignore[arg-type]
            return value
    return "1"
