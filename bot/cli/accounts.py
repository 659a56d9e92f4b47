"""Accounts of agents and admins: making, inviting, closing; and the trail of what they did."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from bot.cli.command import Add
from bot.cli.lines import print_json
from bot.errors import InvalidInput, NotFound
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.accounts.model import Account
    from bot.accounts.store import AccountStore

ROLES = ("agent", "trainer", "admin", "quality")
Answer = TypeVar("Answer")


def add(command: Add) -> None:
    """Add these commands."""
    user = command("user", _list, "accounts of the console")
    actions = user.add_subparsers(metavar="ACTION")
    adding = actions.add_parser("add", help="make an account and print the link that sets its password")
    adding.add_argument("name", metavar="NAME", help="what one signs in with")
    adding.add_argument("--role", choices=ROLES, required=True)
    adding.add_argument(
        "--administration",
        action="append",
        default=[],
        metavar="ID",
        help="an office of data/administrations.yml that it sees; several times for several, none for all",
    )
    adding.add_argument("--shown", default="", metavar="WORDS", help="the name that colleagues and citizens read")
    adding.add_argument("--password-stdin", action="store_true", help="read the password instead of making a link")
    adding.set_defaults(run=_add)
    for name, run, text in (
        ("list", _list, "print the accounts"),
        ("invite", _invite, "print a new link that sets the password; the second factor is asked for no more"),
        ("disable", _disable, "close an account and sign it out"),
        ("enable", _enable, "open an account again"),
    ):
        action = actions.add_parser(name, help=text)
        if name == "list":
            action.add_argument("--json", action="store_true", help="one line of JSON each")
        else:
            action.add_argument("name", metavar="NAME")
        action.set_defaults(run=run)
    audit = command("audit", _audit, "print the audit trail, the newest line first")
    audit.add_argument("--verify", action="store_true", help="check that no line was changed, added or taken away")
    audit.add_argument("--account", default="", metavar="NAME", help="only what this account did")
    audit.add_argument("--limit", type=int, default=100, metavar="N")
    audit.add_argument("--json", action="store_true", help="one line of JSON each")


def _add(settings: Settings, options: argparse.Namespace) -> None:
    from bot.accounts.model import Role
    from bot.accounts.passwords import check_password
    from bot.catalogue.load import load_catalogue

    known = load_catalogue(settings.catalogue_dir).administrations
    if unknown := [each for each in options.administration if each not in known]:
        raise InvalidInput(f"No administration is called {unknown[0]}; there are: {', '.join(sorted(known))}.")
    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else ""
    if options.password_stdin:
        check_password(password, options.name.strip().lower())

    async def work(store: "AccountStore") -> str:
        account = await store.add(options.name, Role(options.role), options.administration, shown=options.shown)
        token = await store.invite(account.id)
        if password:
            await store.accept(token, password)
            return f"{account.name} can sign in: {settings.address}/console"
        return _invitation(settings, token)

    print(_with_store(settings, work))


def _invite(settings: Settings, options: argparse.Namespace) -> None:
    async def work(store: "AccountStore") -> str:
        return _invitation(settings, await store.invite((await _named(store, options.name)).id))

    print(_with_store(settings, work))


def _disable(settings: Settings, options: argparse.Namespace) -> None:
    _activate(settings, options.name, False)


def _enable(settings: Settings, options: argparse.Namespace) -> None:
    _activate(settings, options.name, True)


def _activate(settings: Settings, name: str, active: bool) -> None:
    async def work(store: "AccountStore") -> None:
        await store.change((await _named(store, name)).id, by="-", active=active)

    _with_store(settings, work)


def _list(settings: Settings, options: argparse.Namespace) -> None:
    accounts = _with_store(settings, lambda store: store.all())
    for each in accounts:
        if getattr(options, "json", False):
            print_json(
                {
                    "name": each.name,
                    "shown": each.shown,
                    "role": each.role,
                    "administrations": each.administrations,
                    "active": each.active,
                    "password": each.has_password,
                    "provider": each.has_provider,
                    "second_factor": each.has_second_factor,
                }
            )
        else:
            state = "" if each.active else " (closed)" if each.has_password else " (closed, never signed in)"
            print(f"{each.name}\t{each.role}\t{', '.join(each.administrations) or 'all administrations'}{state}")


def _audit(settings: Settings, options: argparse.Namespace) -> int:
    if options.verify:
        broken = _with_store(settings, lambda store: store.trail.verify())
        if broken is not None:
            print(f"guichet: line {broken} of the audit trail is not as it was written.", file=sys.stderr)
            return 1
        print("Every line of the audit trail is as it was written.")
        return 0
    entries = _with_store(settings, lambda store: store.trail.entries(account=options.account, limit=options.limit))
    for each in entries:
        line = {name: str(value) for name, value in vars(each).items()}
        if options.json:
            print_json(line)
        else:
            print("\t".join((each.at.isoformat(timespec="seconds"), *list(line.values())[2:])))
    return 0


def _invitation(settings: Settings, token: str) -> str:
    return f"Give this link to its owner; it works once, for three days:\n{settings.address}/console/invitation/{token}"


async def _named(store: "AccountStore", name: str) -> "Account":
    account = await store.by_name(name)
    if account is None:
        raise NotFound(f"There is no account named {name}.", code="unknown-account")
    return account


def _with_store(settings: Settings, work: Callable[["AccountStore"], Awaitable[Answer]]) -> Answer:
    from bot.accounts.store import AccountStore
    from bot.db import Database
    from bot.migrations import upgrade
    from bot.privacy.encryption import open_cipher

    async def run() -> Answer:
        database = Database(settings.database)
        try:
            # The first account may be made before the first start.
            await upgrade(database)
            return await work(AccountStore(database, open_cipher(settings)))
        finally:
            await database.close()

    return asyncio.run(run())
