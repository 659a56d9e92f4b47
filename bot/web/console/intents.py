"""The names of what a message may mean, for those who correct it."""

from functools import cache
from pathlib import Path

import yaml

COMMANDS = "answer_field answer_opinion edit_answer confirm_request rate no_comment".split()
"""What only a button can say."""


@cache
def intents(data: Path) -> tuple[str, ...]:
    """Return the intents of the domain that lies beside the data, in its order; none when there is no such file."""
    domain = data.parent / "domain.yml"
    if not domain.is_file():
        return ()
    listed = yaml.safe_load(domain.read_text(encoding="utf-8")).get("intents") or []
    names = [each if isinstance(each, str) else next(iter(each)) for each in listed]
    return tuple(name for name in names if name not in COMMANDS)
