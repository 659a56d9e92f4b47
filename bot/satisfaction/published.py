"""What an office publishes of its results: figures of many people, and none from which those of few can be told."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from bot.satisfaction.dimensions import OFFICIAL
from bot.satisfaction.indices import Report, Score, Tally, note, report

FEWEST = 30
"""Answers below which a figure is not published; inside the office the limit is lower (`indices.FEWEST`)."""
NOTE = OFFICIAL[0]


@dataclass(frozen=True)
class Results:
    """The results of a span of days.

    Attributes:
        report: the official notes and the response rate.
        moments: the satisfaction at each moment.
        services: the satisfaction of each service that has enough answers, that of most answers first.
        withheld: services with answers whose figures are not published.
    """

    since: date
    until: date
    report: Report
    moments: dict[str, Score]
    services: dict[str, Score]
    withheld: int

    def row(self) -> dict[str, Any]:
        """Return the results as an object of JSON."""
        official = [asdict(each) for each in self.report.official if each.value is not None]
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "least_answers_published": FEWEST,
            "asked": self.report.asked,
            "answered": self.report.answered,
            "response_rate": self.report.response.value,
            "notes": [_rounded(each) for each in official],
            "moments": {name: _rounded(asdict(each)) for name, each in self.moments.items()},
            "services": {name: _rounded(asdict(each)) for name, each in self.services.items()},
            "services_withheld": self.withheld,
        }


def results(
    since: date, until: date, whole: Tally, moments: Mapping[str, Tally], services: Mapping[str, Tally]
) -> Results:
    """Return what may be published of a span.

    Args:
        since: the first day.
        until: the last day.
        whole: all that was counted.
        moments: by moment.
        services: by service; under "" what is of none.
    """
    told_moments, _ = _told(moments)
    told_services, withheld = _told(services)
    return Results(since, until, report(whole, FEWEST), told_moments, told_services, withheld)


def _told(tallies: Mapping[str, Tally]) -> tuple[dict[str, Score], int]:
    """Return the scores that may be told, and how many may not.

    When a single one is held back, what is missing from the sum would tell it: the smallest of the others is held back
    with it.
    """
    scores = {name: note(NOTE, tally, FEWEST) for name, tally in tallies.items() if name}
    few = [name for name, each in scores.items() if each.value is None and each.n]
    told = {name: each for name, each in scores.items() if each.value is not None}
    hidden_elsewhere = tallies[""].count(NOTE.id) if "" in tallies else 0
    if told and (len(few) == 1 or (not few and 0 < hidden_elsewhere < FEWEST)):
        few.append(min(told, key=lambda name: told[name].n))
        del told[few[-1]]
    return dict(sorted(told.items(), key=lambda item: -item[1].n)), len(few)


def _rounded(score: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 2) if isinstance(value, float) else value for name, value in score.items() if value != ""
    }
