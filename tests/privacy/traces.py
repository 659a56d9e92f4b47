"""Looks for pieces of personal data in everything that a running service keeps: tables, files, logs, models."""

import hashlib
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.learning.promotion import IN_SERVICE
from tests.service import Service

BETWEEN_FIGURES = re.compile(r"(?<=\d)[\s./_-]+(?=\d)")
LEAST = 6
"""Characters below which a word may be anything."""
LEAST_FIGURES = 9


def needles(secrets: Iterable[str]) -> set[str]:
    """Return what would give each secret away: its lines as they were typed, and its figures in one piece."""
    found = set()
    for secret in secrets:
        found |= {line.strip().lower() for line in secret.splitlines() if len(line.strip()) >= LEAST}
        figures = re.sub(r"\D", "", secret)
        if len(figures) >= LEAST_FIGURES:
            found.add(figures)
    return found


def tables(service: Service) -> dict[str, list[str]]:
    """Return every value that looks like text in every table, those that SQLite makes for itself included."""
    connection = sqlite3.connect(f"file:{service.data_dir / 'guichet.db'}?mode=ro", uri=True, timeout=10)
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: [
                _as_text(value)
                for row in connection.execute(f'SELECT * FROM "{name}"')
                for value in row
                if isinstance(value, str | bytes)
            ]
            for name in names
        }
    finally:
        connection.close()


def files(service: Service) -> dict[str, str]:
    """Return the text of every file that the service may have written, but the models, whose content it must not."""
    paths = [service.log_path, *service.data_dir.rglob("*")]
    return {path.name: path.read_bytes().decode("utf-8", "replace") for path in paths if path.is_file()}


def models(service: Service) -> dict[str, str]:
    """Return the digest of every file of the models' folder but the one in which the engine says who it is."""
    paths = [path for path in service.models.rglob("*") if path.is_file() and path.name != IN_SERVICE]
    return {str(path.relative_to(service.models)): _digest(path) for path in paths}


def leaks(texts: Iterable[str], wanted: set[str]) -> set[str]:
    """Return what is found of some needles."""
    kept = "\n".join(texts).lower()
    haystack = kept + "\n" + BETWEEN_FIGURES.sub("", kept)
    return {each for each in wanted if each in haystack and _stands_alone(each, haystack)}


def _stands_alone(needle: str, haystack: str) -> bool:
    # "1234567" is not found in "0.12345678", nor a name in a longer word.
    return re.search(rf"(?<![\w.]){re.escape(needle)}(?!\w)", haystack) is not None


def _as_text(value: Any) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    # JSON writes "é" as \u00e9.
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
