"""Lines in and lines out, the way that every command reads and prints them."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from bot.errors import InvalidInput


def print_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def add_texts(parser: argparse.ArgumentParser) -> None:
    """Let a command take one text, or many with `--batch`."""
    parser.add_argument("text", nargs="?", metavar="TEXT")
    parser.add_argument(
        "--batch", action="store_true", help='JSON lines {"text"} on standard input, a line out for each'
    )


def texts(options: argparse.Namespace) -> Iterator[str]:
    """Yield the texts that were given to a command.

    Raises:
        InvalidInput: there is none, or a line cannot be read; the message names it.
    """
    if not options.batch:
        if options.text is None:
            raise InvalidInput("Give a text, or --batch with JSON lines on standard input.")
        yield options.text
        return
    for number, line in enumerate(lines(sys.stdin), start=1):
        if line.strip():
            yield _text_of(line, number)


def lines(stream: TextIO) -> Iterator[str]:
    """Yield the lines of a stream; only the line feed ends one, so that a line in gives a line out."""
    # Other separators of Unicode are text.
    stream.reconfigure(newline="\n", errors="replace")  # type: ignore[attr-defined]
    for line in stream:
        yield line.rstrip("\n")


def _text_of(line: str, number: int) -> str:
    try:
        text = json.loads(line)["text"]
    except (ValueError, KeyError, TypeError):
        raise InvalidInput(f'Line {number} is not JSON with a "text": {{"text": "..."}} is expected.') from None
    if not isinstance(text, str):
        raise InvalidInput(f'Line {number}: "text" is not a text.')
    return text
