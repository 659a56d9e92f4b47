"""What an action is measured by: the figures of its aim, before it was done and after."""

from datetime import date, timedelta

from bot.improvement.actions import Action, Aim
from bot.improvement.before_after import Check, Sample, compare
from bot.satisfaction.dashboard import higher_is_better
from bot.satisfaction.questionnaire import SATISFACTION
from bot.satisfaction.totals import Scope, Totals

ANSWERS = (
    SATISFACTION, "clarity", "ease", "reached", "help_tried", "help_found", "resolved", "autonomy", "environment",
    "trust", "consideration", "value", "listening", "courtesy",
)  # fmt: skip
SIGNALS = (
    "fallback", "rephrasing", "repetition", "handoff_asked", "distress", "abandonment", "late",
    "resolved_without_recontact", "wait", "decision_time",
)  # fmt: skip
WATCHABLE = (*ANSWERS, *SIGNALS)
"""What an action may aim at."""
SPAN = 90
"""Days compared on each side, at most."""


async def score_of(totals: Totals, aim: Aim, since: date, until: date, *, demo: bool = False) -> Sample:
    """Return the figures of an aim in a span of days, both included."""
    scope = Scope(moment=aim.moment, service=aim.service, demo=demo)
    cells = await totals.cells(scope, since, until, only=(aim.dimension,))
    own = [cell for cell in cells if cell.dimension == aim.dimension and cell.side == "citizen"]
    return Sample(sum(each.n for each in own), sum(each.total for each in own), sum(each.squares for each in own))


async def check_of(totals: Totals, action: Action, today: date) -> Check | None:
    """Compare what is after an action with what was before; None until it is done.

    Both sides have at most `SPAN` days, and no more days after than have passed; the day itself is on neither side.
    """
    if action.done_on is None:
        return None
    day, demo = action.done_on, action.demo
    before = await score_of(totals, action.aim, day - timedelta(days=SPAN), day - timedelta(days=1), demo=demo)
    last = min(today, day + timedelta(days=SPAN))
    after = await score_of(totals, action.aim, day + timedelta(days=1), last, demo=demo)
    kind = "answer" if action.aim.dimension in ANSWERS else "signal"
    return compare(before, after, higher_is_better=higher_is_better(action.aim.dimension, kind))
