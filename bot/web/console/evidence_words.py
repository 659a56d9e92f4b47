"""Puts the evidence for an audit into words and tables, in the language of the reader."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from aiohttp import web

from bot.db import now
from bot.improvement.actions import Action, Aim
from bot.improvement.alerts import Alert
from bot.improvement.evidence import Evidence, Part, Table
from bot.improvement.failure_modes import Line
from bot.improvement.reviews import Review
from bot.satisfaction.dimensions import DIMENSIONS, OFFICIAL
from bot.satisfaction.indices import Report, Score
from bot.web.console.figures import written
from bot.web.console.render import language_of, say, words
from bot.web.console.satisfaction_view import View
from bot.web.keys import CATALOGUE


def evidence(
    request: web.Request,
    view: View,
    whole: Report,
    moments: Mapping[str, Report],
    actions: Sequence[Action],
    lines: Sequence[Line],
    alerts: Sequence[Alert],
    reviews: Sequence[Review],
) -> Evidence:
    """Return the evidence of what a view shows.

    Args:
        request: whose language counts.
        view: the span and the conditions.
        whole: the indices of the span.
        moments: the indices of each moment.
        actions: the improvement actions.
        lines: the register of failure modes.
        alerts: what left its usual range.
        reviews: the reviews held in the span.
    """
    language, told = language_of(request), partial(say, request)
    part, named = partial(_part, request), partial(_aim, request)
    titles = {each.id: each.title[language] for each in (*OFFICIAL, *DIMENSIONS)}
    scores = [
        *whole.official,
        *(each for each in whole.dimensions if each.id not in {one.id for one in whole.official}),
    ]
    scored = ("note-of-10", "score", "interval", "n")
    parts = [
        part(
            "indicators",
            scored,
            [
                *(_row(titles[each.id], each, language) for each in scores),
                _row(told("key-journey"), whole.journey, language),
            ],
            told("response-of", n=whole.asked),
        ),
        part(
            "by-moment",
            scored,
            [_row(told(f"moment-{name}"), each.official[0], language) for name, each in moments.items()],
        ),
        part(
            "actions-of-improvement",
            ("action", "aim", "owner", "due-day", "state", "helped"),
            [
                [each.title, named(each.aim), each.owner, _day(each.due), told(f"action-{each.state}"),
                 told(f"helped-{each.verdict}") if each.verdict else ""]
                for each in actions
            ],
        ),
        part(
            "failures",
            ("failure", "severity", "occurrence", "detection", "priority"),
            [
                [each.mode.name[language], str(each.severity), _or_dash(each.occurrence), str(each.detection),
                 _or_dash(each.priority)]
                for each in lines
            ],
        ),
        part(
            "alerts",
            ("dimension", "since-day", "usual", "seen-now", "state"),
            [
                [named(each.aim), _day(each.since), written(each.usual, 2, language), written(each.seen, 2, language),
                 told("alert-noted-by", name=each.closed_by) if each.closed_by
                 else told("alert-over" if each.closed_at else "alert-open")]
                for each in alerts
            ],
        ),
        part(
            "reviews-held",
            ("decisions", "held-on", "present"),
            [[each.decisions, _day(each.held_on), each.present] for each in reviews],
        ),
    ]  # fmt: skip
    conditions = [f"{name} = {value}" for name, value in view.values.items() if name not in ("period", "until", "real")]
    span = told("span", since=_day(view.since), until=_day(view.until))
    made = told("evidence-made", day=_day(now().date()))
    subtitle = " ".join([span, *([", ".join(conditions) + "."] if conditions else []), made])
    return Evidence(language, told("evidence-title"), subtitle, told("demo") if view.scope.demo else "", parts)


def _part(request: web.Request, name: str, columns: Sequence[str], rows: list[list[str]], *sentences: str) -> Part:
    table = Table([say(request, column) for column in columns], rows)
    return Part(say(request, name), list(sentences), table, say(request, "nothing"))


def _row(title: str, score: Score, language: str) -> list[str]:
    if score.value is None or score.low is None or score.high is None:
        return [title, "—", "", str(score.n)]
    ends = " – ".join(written(each, 1, language) for each in (score.low, score.high))
    return [title, written(score.value, 1, language), ends, str(score.n)]


def _aim(request: web.Request, aim: Aim) -> str:
    known = words().get(f"dimension-{aim.dimension}", {})
    service = request.app[CATALOGUE].services.get(aim.service)
    about = service.title[language_of(request)] if service else aim.service or say(request, "all-services")
    moment = f", {say(request, f'moment-{aim.moment}')}" if aim.moment else ""
    return f"{known.get(language_of(request), aim.dimension)}, {about}{moment}"


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def _or_dash(value: int | None) -> str:
    return "—" if value is None else str(value)
