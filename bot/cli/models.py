"""Models: which there are, which one serves, putting another in service and going back."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.command import Add
from bot.cli.learning import BY, with_database
from bot.cli.lines import print_json
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.db import Database


def add(command: Add) -> None:
    """Add these commands."""
    models = command("models", _list, "models: list, show, promote, rollback")
    models.add_argument("--json", action="store_true", help="one line of JSON each")
    actions = models.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", help="the models of the folder, the one in service marked")
    listing.add_argument("--json", action="store_true", help="one line of JSON each")
    listing.set_defaults(run=_list)
    show = actions.add_parser("show", help="the card of a model, as JSON")
    show.add_argument("id", metavar="ID", help="name of the archive")
    show.set_defaults(run=_show)
    promote = actions.add_parser("promote", help="put a model in service, without a lost message")
    promote.add_argument("id", metavar="ID", help="name of the archive")
    promote.add_argument("--reason", default="", metavar="WORDS", help="why, when the gate did not let it pass")
    promote.set_defaults(run=_promote)
    actions.add_parser("rollback", help="put the model before back in service").set_defaults(run=_rollback)


def _list(settings: Settings, options: argparse.Namespace) -> None:
    from bot.learning.models import cards, code_digest, current_model

    known = cards(settings.models_dir)
    serving = current_model(settings.models_dir).name if known else ""
    for name, card in known:
        usable = card is not None and card.code == code_digest()
        if options.json:
            print_json(
                {
                    "id": name,
                    "in_service": name == serving,
                    "usable": usable,
                    "trained_at": card.trained_at if card else None,
                    "run": card.run if card else None,
                    "learned": card.learned if card else None,
                    "macro_f1": card.metrics.get("macro_f1") if card else None,
                }
            )
            continue
        mark = "*" if name == serving else " "
        if card is None:
            print(f"{mark} {name}\tno card that can be read")
            continue
        f1 = f"mean F1 {card.metrics['macro_f1']:.3f}" if card.metrics else "not measured"
        other = "" if usable else "\ttrained by another version of Guichet"
        print(f"{mark} {name}\t{card.trained_at[:16]}\t{card.learned} accepted examples\t{f1}{other}")


def _show(settings: Settings, options: argparse.Namespace) -> None:
    from bot.learning.models import read_card

    print_json({"id": options.id, **asdict(read_card(settings.models_dir / Path(options.id).name))})


def _promote(settings: Settings, options: argparse.Namespace) -> None:
    async def work(database: "Database") -> Any:
        # Whoever may type commands on the server could copy the file as well: it counts as an admin.
        return await _desk(settings, database).promote(options.id, BY, admin=True, reason=options.reason)

    _say(options.id, with_database(settings, work))


def _rollback(settings: Settings, options: argparse.Namespace) -> None:
    name, serves = with_database(settings, lambda database: _desk(settings, database).rollback(BY))
    _say(name, serves)


def _desk(settings: Settings, database: "Database") -> Any:
    from bot.accounts.audit import AuditTrail
    from bot.learning.desk import ModelDesk
    from bot.privacy.encryption import open_cipher

    return ModelDesk(settings.models_dir, database, AuditTrail(database, open_cipher(settings)))


def _say(name: str, serves: bool) -> None:
    print(f"{name} is in service." if serves else f"{name} is in service from the next start: no engine runs.")
