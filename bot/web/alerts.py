"""The work of every few hours on satisfaction: is a figure unusual and who is told; what do people write."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.db import now
from bot.improvement.actions import Aim
from bot.improvement.alerts_mail import AlertMail
from bot.web import child
from bot.web.console.keys import ALERTS, TOTALS, VERBATIMS
from bot.web.console.render import words
from bot.web.keys import CATALOGUE, SETTINGS


def read_verbatims(app: web.Application) -> Callable[[], Awaitable[str]]:
    """Return the job that has new comments read, when there are some."""

    async def run() -> str:
        return await child.run(app[SETTINGS], "readings") if await app[VERBATIMS].unread() else ""

    return run


def _name(aim: Aim) -> str:
    named = words().get(f"dimension-{aim.dimension}", {}).get("fr", aim.dimension)
    return f"{named} ({words()[f'moment-{aim.moment}']['fr']})" if aim.moment else named


def watch_satisfaction(app: web.Application) -> Callable[[], Awaitable[str]]:
    """Return the job that looks for unusual figures up to yesterday and tells what is new."""
    mail = AlertMail(app[SETTINGS], app[ALERTS], app[CATALOGUE], _name)

    async def run() -> str:
        await app[TOTALS].refresh()
        yesterday = now().astimezone(ZoneInfo(app[SETTINGS].timezone)).date() - timedelta(days=1)
        said = [await app[ALERTS].look(yesterday), await mail.tell()]
        return "; ".join(each for each in said if each)

    return run
