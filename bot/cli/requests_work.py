"""What the commands of `guichet requests` do (their options are in bot/cli/requests.py)."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from bot.cli.lines import print_json
from bot.db import Database
from bot.privacy.encryption import open_cipher
from bot.requests.api_tokens import ApiTokens, Scope
from bot.requests.casework import Author, Casework
from bot.requests.events import Item, Problem
from bot.requests.lifecycle import Actor
from bot.requests.listing import Filter, Order
from bot.requests.model import State
from bot.requests.office_view import case_view, event_view, line_view
from bot.requests.outbox import Outbox
from bot.requests.store import RequestStore
from bot.requests.undelivered import Undelivered
from bot.settings import Settings


async def work(settings: Settings, options: argparse.Namespace) -> int | None:
    """Do what the options name; return the exit code."""
    office = Office(settings)
    try:
        done: int | None = await WORK[options.action](office, options)
        return done
    finally:
        await office.database.close()


class Office:
    """The stores that these commands work with."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        cipher = open_cipher(settings)
        self.database = Database(settings.database)
        self.requests = RequestStore(self.database, cipher)
        self.casework = Casework(self.database, cipher)
        self.tokens = ApiTokens(self.database)
        self.outbox, self.undelivered = Outbox(self.database), Undelivered(self.database)


async def _list(office: Office, options: argparse.Namespace) -> None:
    states = tuple(State(each) for each in options.state)
    wanted = Filter(states, tuple(options.service), options.late, options.unread, demo=options.demo)
    page = await office.casework.list(wanted, order=Order(options.order), after=options.after, limit=options.limit)
    if options.json:
        print_json({"requests": [line_view(line) for line in page.lines], "next": page.next})
        return
    for line in page.lines:
        marks = " demonstration" * line.demo + " late" * line.late + (f" {line.unread} unread" if line.unread else "")
        print(f"{line.reference}  {line.state:<18} {line.service:<22} due {line.due:%Y-%m-%d}{marks}")
    if page.next:
        print(f"More: --after {page.next}")


async def _show(office: Office, options: argparse.Namespace) -> None:
    request = await office.requests.by_reference(options.reference)
    view = case_view(request, await office.casework.history(options.reference))
    if options.json:
        print_json(view)
        return
    made_up = "  demonstration" * view["demo"]
    print(f"{view['reference']}  {view['service']}  {view['state']}  due {view['due'] or '-'}{made_up}")
    for name, value in view["answers"].items():
        print(f"  {name}: {value}")
    for event in view["history"]:
        _print_event(event)


async def _advance(office: Office, options: argparse.Namespace) -> None:
    event = await office.casework.advance(
        options.reference, State(options.to), _author(options), reason=options.reason, outcome=options.outcome
    )
    _print_done(event_view(event), options)


async def _complete(office: Office, options: argparse.Namespace) -> None:
    from bot.catalogue.load import load_catalogue

    request = await office.requests.by_reference(options.reference)
    service = load_catalogue(office.settings.catalogue_dir).services.get(request.service)
    fields = {field.id for field in service.request.fields} if service and service.request else set()
    items = [
        Item(Problem(problem), what if what in fields else None, "" if what in fields else what, note)
        for problem, what, note in options.item
    ]
    event = await office.casework.ask_completion(options.reference, _author(options), items)
    _print_done(event_view(event), options)


async def _message(office: Office, options: argparse.Namespace) -> None:
    event = await office.casework.send_message(options.reference, _author(options), options.text)
    _print_done(event_view(event), options)


async def _export(office: Office, options: argparse.Namespace) -> None:
    options.file.touch(mode=0o600)
    count, after = 0, None
    with options.file.open("w", encoding="utf-8") as sink:
        while True:
            page = await office.casework.list(Filter(demo=options.demo), order=Order.NEWEST, after=after, limit=200)
            for line in page.lines:
                request = await office.requests.by_reference(line.reference)
                view = case_view(request, await office.casework.history(line.reference))
                sink.write(json.dumps(view, ensure_ascii=False) + "\n")
                count += 1
            after = page.next
            if after is None:
                break
    if options.json:
        print_json({"requests": count, "file": str(options.file)})
    else:
        print(f"{count} requests written to {options.file}; they are personal.")


async def _verify(office: Office, options: argparse.Namespace) -> int:
    count, faults = await office.casework.verify(options.reference)
    if options.json:
        print_json({"requests": count, "faults": [asdict(fault) for fault in faults]})
    else:
        for fault in faults:
            where = f"event {fault.number}" if fault.number else "the request"
            print(f"{fault.reference}  {where}: {fault.what}", file=sys.stderr)
        print(f"{count} requests looked at, {len(faults)} faults.")
    return 1 if faults else 0


async def _outbox(office: Office, options: argparse.Namespace) -> None:
    if options.send_again is not None:
        await office.undelivered.send_again(options.send_again)
    letters, counts = await office.undelivered.all(), await office.outbox.counts()
    if options.json:
        print_json({"counts": counts, "dead_letters": [_dated(asdict(letter)) for letter in letters]})
        return
    print(", ".join(f"{count} {status}" for status, count in counts.items()) or "Nothing was ever to be sent.")
    for letter in letters:
        print(f"{letter.id}  {letter.reference}  {letter.channel}  {letter.status}  {letter.error}")


async def _token(office: Office, options: argparse.Namespace) -> None:
    if options.what == "list":
        for token in await office.tokens.all():
            if options.json:
                print_json(_dated(asdict(token)))
            else:
                state = f"revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else "in force"
                print(f"{token.name:<30} {', '.join(token.scopes):<30} {state}")
    elif options.what == "add":
        token_shown = await office.tokens.add(options.name or "", [Scope(each) for each in options.scope])
        print_json({"name": options.name, "token": token_shown}) if options.json else print(token_shown)
    else:
        await office.tokens.revoke(options.name or "")


def _author(options: argparse.Namespace) -> Author:
    return Author(Actor.AGENT, options.by[:80])


def _print_done(event: dict[str, Any], options: argparse.Namespace) -> None:
    if options.json:
        print_json(event)
    else:
        print(f"{options.reference}  {event['kind']}  {event['state']}")


def _print_event(event: dict[str, Any]) -> None:
    words = event.get("reason") or event.get("text") or ""
    who = f"{event['actor']} {event.get('by', '')}".strip()
    print(f"  {event['at'][:16]}  {event['kind']:<8} {event['state']:<18} {who}  {words}".rstrip())
    for item in event.get("items", []):
        print(f"      {item['problem']}: {item['field'] or item['label']} {item['note']}".rstrip())


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


WORK = {
    "list": _list,
    "show": _show,
    "advance": _advance,
    "complete": _complete,
    "message": _message,
    "export": _export,
    "verify": _verify,
    "outbox": _outbox,
    "token": _token,
}
