"""What the pages without JavaScript show of a conversation. Everything is text: the templates escape all of it."""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import web
from jinja2 import Environment, PackageLoader

from bot.conversations.model import Message
from bot.requests.files_check import KINDS
from bot.web.plain.words import words
from bot.web.typography import tied

_ANSWERED = re.compile(r"\[réponse : .*\]")
# What a phone proposes, by type of answer; a text of several lines is not there.
_FIELDS: dict[str, dict[str, str]] = {
    "text": {"type": "text"},
    "date": {"type": "date"},
    "number": {"type": "text", "inputmode": "decimal"},
    "money": {"type": "text", "inputmode": "decimal"},
    "email": {"type": "email", "autocomplete": "email"},
    "phone": {"type": "tel", "autocomplete": "tel"},
    "commune": {"type": "text", "autocomplete": "address-level2"},
}


@dataclass
class Block:
    """A paragraph of some lines, or a list of items."""

    lines: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)


def blocks(text: str) -> list[Block]:
    """Return the paragraphs and lists of a text: a list is made of lines that begin with "- "."""
    found: list[Block] = [Block()]
    for line in tied(text).splitlines():
        is_item, last = line.lstrip().startswith("- "), found[-1]
        if not line.strip():
            found.append(Block())
        elif is_item:
            if last.lines:
                found.append(last := Block())
            last.items.append(line.lstrip()[2:])
        else:
            if last.items:
                found.append(last := Block())
            last.lines.append(line)
    return [block for block in found if block.lines or block.items]


def page(name: str, language: str, **values: Any) -> web.Response:
    """Return a page made from its template."""
    common = {
        "w": words(language),
        "language": language,
        "other": "fr" if language == "en" else "en",
        "colon": ": " if language == "en" else "\u00a0: ",
        "error": "",
        "banner": None,
        "receipt": None,
    }
    text = _templates.get_template(f"{name}.html").render(common | values)
    return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})


def shown(messages: list[Message], language: str) -> dict[str, Any]:
    """Return what the page of a conversation needs: its messages, what is awaited, and what can be pressed."""
    wires = [message.wire() for message in messages]
    since = max((i for i, wire in enumerate(wires) if wire["author"] == "citizen"), default=-1)
    last = wires[since + 1 :]
    awaited = next((wire["input"] for wire in reversed(last) if "input" in wire), None)
    several = awaited is not None and awaited["type"] == "choices"
    offered = [] if several else [button for wire in last for button in wire["buttons"]]
    for wire in wires:
        if wire["author"] == "citizen" and _ANSWERED.fullmatch(wire["text"]):
            wire["text"] = words(language)["answered"]
    return {
        "messages": wires,
        "input": awaited,
        "offered": offered,
        "field": _field(awaited),
        # A form sent twice (a double click, the reload of a page) is one message.
        "next_id": str(uuid4()),
    }


def transcript(messages: list[Message], language: str) -> str:
    """Return the conversation as plain text."""
    w = words(language)
    return "\n\n".join(f"[{message.at[:16]}] {w[message.author]} : {message.text}" for message in messages)


def _field(awaited: dict[str, Any] | None) -> dict[str, str] | None:
    if awaited is None or awaited["type"] not in _FIELDS:
        return None
    own = {"autocomplete": awaited["autocomplete"]} if awaited.get("autocomplete") else {}
    return {"autocomplete": "off", **_FIELDS[awaited["type"]], **own}


_templates = Environment(loader=PackageLoader("bot.web.plain", ""), autoescape=True)
_templates.filters["blocks"] = blocks
_templates.filters["kind"] = lambda kind: KINDS.get(kind, kind)
_templates.filters["is_web"] = lambda url: str(url).startswith(("https://", "http://"))
