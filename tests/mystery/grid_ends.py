"""How the grid reads what is left after a visit: database, desk, log."""

import json

from tests.citizen import plain
from tests.mystery.runner import labels
from tests.mystery.transcript import Record, Reply

ASKED_HOW = ("comment cela s'est-il passé", "how did it go")
NOTHING = "nothing"


def holds(seen: str, words: str) -> bool:
    """Return whether a text holds words; `a | b` takes either. Case and typography are no matter."""
    return any(plain(each).strip().lower() in seen for each in words.split("|"))


def asks(reply: Reply, field: str) -> bool:
    """Return whether a field is asked: its identifier, or its label where only that is seen."""
    if field == NOTHING:
        return reply.asked is None or not reply.kind
    if field == "confirm":
        return reply.asked == field or holds(reply.seen.lower(), "confirmer et envoyer | confirm and send")
    return reply.asked == field or (reply.asked is not None and plain(reply.asked) in labels(field))


def feedback_once(record: Record) -> float | None:
    """See `grid.feedback_once`."""
    if not record.spoken:
        return None
    times = sum(holds(exchange.reply.text.lower(), " | ".join(ASKED_HOW)) for exchange in record.spoken)
    filed = sum(bool(row["filed_at"]) for row in record.facts.requests)
    moments = len({turn["moment"] for turn in record.facts.turns if turn["moment"]}) + max(0, filed - 1)
    # A citizen who asks to give a note is asked for it.
    wished = sum(turn["intent"] == "give_feedback" for turn in record.facts.turns)
    return float(min(filed, 1) <= times <= max(moments, filed) + wished)


def done(record: Record) -> list[bool]:
    """Return, for each thing that must be there afterwards, whether it is."""
    wanted, facts = record.visit.ends, record.facts
    met = [facts.conversation == wanted.conversation]
    rows = [row for row in facts.requests if row["filed_at"] or row["state"] == "draft"]
    filed = [row for row in rows if row["filed_at"]]
    met.append(len(filed) == sum(each.state != "draft" for each in wanted.requests))
    for each in wanted.requests:
        found = next((row for row in rows if (row["service"], row["state"]) == (each.service, each.state)), None)
        met.append(found is not None)
        case = facts.cases.get(found["reference"], {}) if found else {}
        met += [case.get("answers", {}).get(field) == value for field, value in each.answers.items()]
    if wanted.given:
        met.append(bool(facts.given) and facts.given["state"] == wanted.given)
    if wanted.unread is not None:
        met.append(bool(facts.given) and facts.given["unread"] == wanted.unread)
    if wanted.handoffs is not None:
        met.append(len(facts.handoffs) == wanted.handoffs)
    if wanted.left is not None:
        met.append(any(row["note"] for row in facts.handoffs) == wanted.left)
    met.append([note["note"] for note in facts.notes] == wanted.notes)
    return met


def leaked(record: Record, hidden: list[str]) -> list[str]:
    """Return the hidden words that stand somewhere in clear, as they were written or as JSON writes them."""
    logged = plain(record.facts.logged)
    return [words for words in hidden if plain(words) in logged or json.dumps(words)[1:-1] in logged]
