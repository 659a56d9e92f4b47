"""The grid: each criterion is a pure function of a record, from 0 to 1, or None where it says nothing of the visit.

The definitions are the docstrings; docs/mystery.md shows them as a table, and a test keeps the two the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.mystery import grid_ends as ends
from tests.mystery.grid_words import is_courteous, is_plain, leaves_a_way, length, offers_person, takes_up, tells
from tests.mystery.transcript import Record
from tests.mystery.visit import Expect

SHORTEST_JUDGED = 3
"""Words from which a text is judged."""
QUICK = 1000
"""Milliseconds within which a person does not notice waiting (Nielsen, Usability Engineering, 1993, chapter 5)."""

Score = float | None


def right_answer(record: Record) -> Score:
    """The share of the steps that expect something of a service in which the right facets of it were told."""
    return _steps(
        record,
        lambda wanted: wanted.service is not None,
        lambda wanted, reply: tells(reply, wanted.service or "", wanted.facets),
    )


def facts_told(record: Record) -> Score:
    """The share of the expected words, buttons, questions and states that were there, and of the forbidden not."""
    met: list[bool] = []
    for step, exchange in record.ended:
        wanted, checks = step.expect, _checks(step.expect)
        if exchange is None:
            met += [False] * checks
            continue
        reply, seen = exchange.reply, exchange.reply.seen.lower()
        met += [ends.holds(seen, record.filled(words)) for words in wanted.has]
        met += [not ends.holds(seen, record.filled(words)) for words in wanted.hasnt]
        met += [ends.holds("\n".join(reply.buttons).lower(), words) for words in wanted.offers]
        met += [ends.asks(reply, wanted.asks)] if wanted.asks else []
        met += [reply.state == wanted.state or wanted.state in reply.seen] if wanted.state else []
        met += [reply.status == wanted.status] if wanted.status else []
    return sum(met) / len(met) if met else None


def sourced(record: Record) -> Score:
    """The share of the expected answers that show a source with its address and the day on which it was checked."""

    def shown(wanted: Expect, reply: object) -> bool:
        sources = [source for message in reply.messages for source in message.sources]  # type: ignore[attr-defined]
        return any(source.get("url") and source.get("checked") for source in sources)

    return _steps(record, lambda wanted: wanted.service is not None and wanted.facets != ["office"], shown)


def short(record: Record) -> Score:
    """The fewest messages that the visit can take, divided by those that it took (one more is forgiven)."""
    took = len(record.spoken)
    if record.stuck or not took or not record.visit.least:
        return 0.0 if record.stuck else None
    return min(1.0, record.visit.least / max(1, took - 1))


def asked_once(record: Record) -> Score:
    """1 when no field was asked again after an answer that was no mistake, and no other question was put twice."""
    before: tuple[str | None, str] = (None, "")
    questions: list[str] = []
    for exchange in record.exchanges:
        step, reply = record.visit.steps[exchange.step], exchange.reply
        on_purpose = step.wrong or step.again
        if exchange.deed == "fill" and reply.asked and reply.asked == before[0] and not on_purpose:
            return 0.0
        asks = [m.text for m in reply.messages if m.author == "bot" and m.text.endswith("?") and m.buttons]
        if not reply.asked and not on_purpose and exchange.deed in ("say", "knows"):
            if any(text in questions for text in asks):
                return 0.0
            questions = asks
        before = (reply.asked, reply.text)
    return 1.0 if record.spoken else None


def way_on(record: Record) -> Score:
    """The share of the answers that leave a way on: a button, a question, a link, a number, an invitation."""
    judged = [
        each
        for each in record.spoken
        # A note of the system ("your message is kept") is no answer yet, and a leave needs none.
        if not record.visit.steps[each.step].closing and any(m.author == "bot" for m in each.reply.messages)
    ]
    return _share([leaves_a_way(exchange.reply) for exchange in judged])


def person_offered(record: Record) -> Score:
    """The share of the steps at which a person is due in which a way to one was shown."""
    return _steps(record, lambda wanted: wanted.person, lambda _, reply: offers_person(reply))


def courtesy(record: Record) -> Score:
    """The share of the messages that say "vous", blame nobody and do not shout; in a visit of strong feelings also
    whether one answer takes up the feeling."""
    told = [
        message.text for exchange in record.spoken for message in exchange.reply.messages if message.author == "bot"
    ]
    met = [is_courteous(text) for text in told]
    if record.visit.feels and told:
        met.append(any(takes_up(text) for text in told))
    return _share(met)


def plain_language(record: Record) -> Score:
    """The share of the messages without a mistake of plain language and without a hard text (rules of `bot check`)."""
    told = [
        (message.text, message.language or record.visit.opened_in)
        for exchange in record.spoken
        for message in exchange.reply.messages
        if message.author == "bot"
        and length(message.text) >= SHORTEST_JUDGED
        # A summary or a receipt repeats what the citizen wrote.
        and not message.request
        and exchange.reply.asked != "confirm"
    ]
    return _share([is_plain(text, language) for text, language in told])


def own_language(record: Record) -> Score:
    """The share of the answers in the person's language; a mixed one may be answered in either."""
    if record.visit.language == "mixed":
        return None
    language, met = record.visit.opened_in, []
    for exchange in record.exchanges:
        if exchange.deed == "language":
            language = exchange.said
        met += [m.language == language for m in exchange.reply.messages if m.author == "bot" and m.language]
    return _share(met)


def moment_logged(record: Record) -> Score:
    """The share of the expected moments (information, submission, use, outcome) that the log of the visit has."""
    logged = {turn["moment"] for turn in record.facts.turns}
    return _share([moment in logged for moment in record.visit.ends.moments])


def feedback_once(record: Record) -> Score:
    """1 when nobody was asked twice in a moment how it went, nor out of the blue, and whoever filed was asked."""
    return ends.feedback_once(record)


def done(record: Record) -> Score:
    """The share of what must be in the database and on the agent's desk that is there, and of nothing else filed."""
    return _share(ends.done(record))


def private(record: Record) -> Score:
    """1 when nothing personal of the visit and no access code is in turns, messages, comments or the service's log."""
    hidden = [*record.visit.personal, *record.secrets]
    return None if not hidden else float(not ends.leaked(record, hidden))


def quick(record: Record) -> Score:
    """The share of the answers that came within a second."""
    times = [exchange.reply.milliseconds for exchange in record.spoken]
    return _share([taken <= QUICK for taken in times])


@dataclass(frozen=True)
class Criterion:
    """A line of the grid.

    Attributes:
        name: in the report.
        score: the function.
        floor: under which a visit does not pass; 0 for what is reported and does not decide.
    """

    name: str
    score: Callable[[Record], Score]
    floor: float = 1.0


GRID = (
    Criterion("right answer", right_answer),
    Criterion("facts", facts_told),
    Criterion("source and date", sourced),
    Criterion("short", short, 0.5),
    Criterion("asked once", asked_once),
    Criterion("way on", way_on),
    Criterion("person when due", person_offered),
    Criterion("courtesy", courtesy),
    Criterion("plain language", plain_language, 0.8),
    Criterion("language", own_language, 0.8),
    Criterion("moment", moment_logged),
    Criterion("feedback once", feedback_once),
    Criterion("done", done),
    Criterion("private", private),
    # Measured on whatever machine runs it, perhaps a busy one: it is told, and it decides nothing.
    Criterion("time", quick, 0.0),
)


def scores(record: Record) -> dict[str, Score]:
    """Return the score of every criterion."""
    return {criterion.name: criterion.score(record) for criterion in GRID}


def failures(record: Record) -> list[str]:
    """Return the criteria under their floor; empty when the visit passes."""
    below = []
    for criterion in GRID:
        score = criterion.score(record)
        if score is not None and score < criterion.floor - 1e-9:
            below.append(criterion.name)
    return below + (["stuck"] if record.stuck else [])


def _steps(record: Record, concerned: Callable[[Expect], bool], met: Callable[..., bool]) -> Score:
    """The share of the concerned steps that are met; a step that was never reached is not."""
    return _share(
        [
            exchange is not None and met(step.expect, exchange.reply)
            for step, exchange in record.ended
            if concerned(step.expect)
        ]
    )


def _checks(wanted: Expect) -> int:
    single = [wanted.asks, wanted.state, wanted.status]
    return len(wanted.has) + len(wanted.hasnt) + len(wanted.offers) + sum(each is not None for each in single)


def _share(met: list[bool]) -> Score:
    return sum(met) / len(met) if met else None
