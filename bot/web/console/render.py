"""Pages from templates: every value is escaped, every word comes from words.yml in the reader's language."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from bot.accounts.model import Right
from bot.accounts.sessions import Session, form_token
from bot.db import now
from bot.errors import GuichetError
from bot.learning.intent_names import shown
from bot.web.console import days, figures
from bot.web.console.cookies import read_cookie
from bot.web.keys import CATALOGUE, SETTINGS
from bot.web.typography import tied

HERE = Path(__file__).parent
LANGUAGES = ("fr", "en")


@cache
def words() -> dict[str, dict[str, str]]:
    """Return the words of the pages: by name, then by language; `words.yml` and its companions `words_….yml`."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(HERE.glob("words*.yml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def render(request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
    """Return a page.

    Args:
        request: whose session and language count.
        template: a file of `templates/`.
        status: of the answer.
        values: what the template shows.
    """
    session: Session | None = request.get("session")
    signed_in = session if session is not None and session.complete else None
    cookie = request.get("form_cookie") or read_cookie(request)
    text = (
        _environment()
        .get_template(template)
        .render(
            me=signed_in.account if signed_in else None,
            language=language_of(request),
            zone=request.app[SETTINGS].timezone,
            here=request.path,
            form_token=form_token(cookie),
            catalogue=request.app[CATALOGUE],
            Right=Right,
            said=request.query.get("said", ""),
            **values,
        )
    )
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def language_of(request: web.Request) -> str:
    """Return the language of the account, or the one that the browser prefers; French unless it is English."""
    session: Session | None = request.get("session")
    if session is not None:
        return session.account.language
    return "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "fr"


def say(request: web.Request, key: str, /, **values: Any) -> str:
    """Return words in the language of the reader, for what is no template."""
    return tied(words()[key][language_of(request)].format(**values))


def redirect(path: str, **query: str) -> web.Response:
    """Return an answer that leads to a page of ours; `said` names a sentence to show there."""
    kept = {name: value for name, value in query.items() if value}
    return web.Response(status=303, headers={"Location": f"{path}?{urlencode(kept)}" if kept else path})


def error_page(request: web.Request, error: GuichetError, session: Session | None) -> web.Response:
    """Return the page of an error, in words when we have some for it."""
    request["session"] = session
    name, values = f"error-{error.code}", _Blank(error.data)
    known = words().get(name, {}).get(language_of(request))
    response = render(request, "error.html", error.status, detail=known.format_map(values) if known else error.message)
    if "retry_after" in error.data:
        response.headers["Retry-After"] = str(error.data["retry_after"])
    return response


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": _translate, "known_word": lambda name: name in words()}
    environment.filters |= {"ago": _ago, "office": _office, "service": _service, "intent": _intent, "changed": _changed}
    environment.filters["tied"] = tied
    environment.filters |= figures.FILTERS | days.FILTERS
    return environment


@pass_context
def _translate(context: Context, key: str, /, **values: Any) -> str:
    return tied(words()[key][context["language"]].format(**values))


@pass_context
def _ago(context: Context, at: datetime | None) -> str:
    if at is None:
        return ""
    minutes = int((now() - at) / timedelta(minutes=1))
    for name, size in (("days", 24 * 60), ("hours", 60), ("minutes", 1)):
        if minutes >= size:
            return _translate(context, f"ago-{name}", count=minutes // size)
    return _translate(context, "ago-now")


@pass_context
def _intent(context: Context, name: str) -> str:
    """Return an intent in plain words."""
    return shown(name, context["language"])


@pass_context
def _changed(context: Context, line: str) -> str:
    """Return a line of `bot.learning.nlu_file.difference` with intents and services in plain words."""
    words, _, meanings = line.rpartition(": ")
    plain = re.sub(r"[\w-]+", lambda name: _service(context, _intent(context, name[0])), meanings)
    return f"{words}{_translate(context, 'colon')} {plain}" if words else line


@pass_context
def _office(context: Context, administration: str | None) -> str:
    known: Mapping[str, Any] = context["catalogue"].administrations
    found = known.get(administration or "")
    return found.name[context["language"]] if found else administration or ""


@pass_context
def _service(context: Context, service: str | None) -> str:
    known: Mapping[str, Any] = context["catalogue"].services
    found = known.get(service or "")
    return found.title[context["language"]] if found else service or ""
