"""Requests from the command line: what an agent's page does, for scripts and for whoever has no page."""

import argparse
import asyncio
import json
from pathlib import Path

from bot.cli.command import Add
from bot.settings import Settings

# The words of the enumerations of bot/requests, whose import would slow down every other command; a test compares them.
STATES = "draft filed to_complete under_examination accepted refused closed withdrawn".split()
PROBLEMS = "missing unreadable out_of_date wrong".split()
SCOPES = "read create change webhooks".split()
ORDERS = "due newest".split()


def add(command: Add) -> None:
    """Add these commands."""
    requests = command("requests", _run, "requests: list, show, advance, complete, message, export, verify, tokens")
    actions = requests.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, text: str, *, reference: bool = False) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=text, description=text)
        sub.set_defaults(action=name)
        if reference:
            sub.add_argument("reference", metavar="REFERENCE")
        sub.add_argument("--json", action="store_true", help="JSON instead of lines")
        return sub

    listed = action("list", "list requests, the latest first")
    listed.add_argument("--state", choices=STATES, action="append", default=[])
    listed.add_argument("--service", action="append", default=[])
    listed.add_argument("--late", action="store_true", help="only those whose announced delay is over")
    listed.add_argument("--unread", action="store_true", help="only those with an unread message")
    listed.add_argument(
        "--demo", action="store_true", help="those that `guichet demo` made up, instead of the real ones"
    )
    listed.add_argument("--order", choices=ORDERS, default="due")
    listed.add_argument("--limit", type=int, default=50)
    listed.add_argument("--after", help="the `next` of the page before")
    action("show", "show a request with its answers and its life (personal)", reference=True)
    advance = action("advance", "take a request to another state", reference=True)
    advance.add_argument("to", choices=STATES, metavar="STATE")
    advance.add_argument("--reason", help="words for the citizen; owed for a refusal, a closing and a reopening")
    advance.add_argument("--outcome", type=json.loads, help="JSON: document, appointment, payment")
    complete = action("complete", "tell the citizen what is missing", reference=True)
    complete.add_argument(
        *("--item", "-i"),
        action="append",
        required=True,
        type=_item,
        metavar="PROBLEM:WHAT[:NOTE]",
        help=f"PROBLEM is {', '.join(PROBLEMS)}; WHAT is a field of the form or a label",
    )
    message = action("message", "write to the citizen", reference=True)
    message.add_argument("text")
    for each in (advance, complete, message):
        each.add_argument("--by", default="command line", help="who acts; kept in the office")
    export = action("export", "write every filed request to a file of JSON lines (personal)")
    export.add_argument("file", type=Path)
    export.add_argument(
        "--demo", action="store_true", help="those that `guichet demo` made up, instead of the real ones"
    )
    verify = action("verify", "look for events that were changed, removed, added or moved")
    verify.add_argument("--reference", metavar="REFERENCE", help="only this request")
    outbox = action("outbox", "show what could not be sent; let it be sent again")
    outbox.add_argument("--send-again", type=int, metavar="NUMBER")
    token = action("token", "tokens of the office's own software")
    token.add_argument("what", choices=("add", "list", "revoke"))
    token.add_argument("name", nargs="?")
    token.add_argument("--scope", choices=SCOPES, action="append", default=[])


def _run(settings: Settings, options: argparse.Namespace) -> int | None:
    from bot.cli.requests_work import work

    return asyncio.run(work(settings, options))


def _item(text: str) -> tuple[str, str, str]:
    problem, _, rest = text.partition(":")
    what, _, note = rest.partition(":")
    if problem not in PROBLEMS or not what.strip():
        raise argparse.ArgumentTypeError(f"expected PROBLEM:WHAT[:NOTE], PROBLEM being {', '.join(PROBLEMS)}")
    return problem, what.strip(), note.strip()
