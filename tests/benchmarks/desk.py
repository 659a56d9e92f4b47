"""What a desk has beside a log of a million turns: accounts, requests, an audit trail, an inbox, samples, a queue."""

import random
from datetime import timedelta
from itertools import batched
from typing import Any

from sqlalchemy import Select, insert, select, text

from bot.accounts.model import Role
from bot.accounts.store import AccountStore
from bot.accounts.tables import AuditRow
from bot.catalogue.load import load_catalogue
from bot.conversations.handoff_tables import HandoffRow
from bot.conversations.tables import ConversationRow, TurnRow
from bot.db import Database, now
from bot.improvement.tables import SampleRow
from bot.learning.inbox_tables import GroupRow, InboxMessageRow
from bot.privacy.encryption import Cipher
from bot.requests.model import State
from bot.requests.store import RequestStore
from bot.requests.tables import RequestRow
from tests.conftest import ROOT

PASSWORD = "quatre chevaux mangent tard"
OFFICES = ("caf", "town-hall")
ADMIN, AGENT = "ada", "lea"
REQUESTS, OPEN_ONE_IN = 200_000, 100
TRAIL, GROUPS, QUEUE, DRAWN = 300_000, 8_000, 40, 160
BATCH = 5_000


async def fill_desk(database: Database, cipher: Cipher) -> list[str]:
    """Fill a database that has a log; return the references of requests that were filed through the store."""
    accounts = AccountStore(database, cipher)
    for name, role, offices in ((ADMIN, Role.ADMIN, ()), (AGENT, Role.AGENT, OFFICES)):
        account = await accounts.add(name, role, offices)
        await accounts.accept(await accounts.invite(account.id), PASSWORD)
    requests = RequestStore(database, cipher)
    filed = [await requests.file((await requests.start("birth-certificate", "fr", None)).id, 10) for _ in range(20)]
    turns = await _some(database, select(TurnRow).where(TurnRow.fallback).limit(GROUPS))
    talks = await _some(database, select(ConversationRow).order_by(ConversationRow.created_at.desc()).limit(2_000))
    await _insert(database, RequestRow, _requests(cipher))
    await _insert(database, AuditRow, _trail([each.id for each in talks]))
    await _insert(database, GroupRow, [_group(number, turn) for number, turn in enumerate(turns, 1)])
    await _insert(database, InboxMessageRow, [_message(number, turn) for number, turn in enumerate(turns, 1)])
    await _insert(database, HandoffRow, [_handoff(number, each) for number, each in enumerate(talks[:QUEUE])])
    await _insert(database, SampleRow, [_sample(number, each.id) for number, each in enumerate(talks[-DRAWN:])])
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))
    return [each.reference for each in filed]


async def last_conversation(database: Database, services: tuple[str, ...]) -> str:
    """Return a long conversation about some services, of those that came last."""
    query = select(TurnRow.conversation_id).where(TurnRow.service.in_(services), TurnRow.number >= 8)
    return (await _some(database, query.order_by(TurnRow.id.desc()).limit(1)))[0]


async def _some(database: Database, query: Select[Any]) -> list[Any]:
    async with database.reading() as session:
        return list(await session.scalars(query))


async def _insert(database: Database, table: Any, rows: list[dict[str, Any]]) -> None:
    for some in batched(rows, BATCH):
        async with database.writing() as session:
            await session.execute(insert(table), list(some))


def _requests(cipher: Cipher) -> list[dict[str, Any]]:
    draw, at, answers = random.Random(1), now(), cipher.encrypt({"email": "anna@exemple.fr"})
    services = [each.id for each in load_catalogue(ROOT / "data").submittable]
    open_states = [State.FILED, State.TO_COMPLETE, State.EXAMINED]
    rows = []
    for number in range(REQUESTS):
        waits = number % OPEN_ONE_IN == 0
        filed = at - timedelta(days=draw.random() * (25 if waits else 400))
        rows.append({
            "id": f"{number:024d}", "reference": f"GU-{number:08d}", "service": draw.choice(services),
            "state": draw.choice(open_states) if waits else State.ACCEPTED, "language": "fr", "answers": answers,
            "code_hash": "0" * 64, "wrong_codes": 0, "created_at": filed, "updated_at": filed, "filed_at": filed,
            "due_at": filed + timedelta(days=20), "same_email": str(number % 90_000).zfill(40), "same_phone": "",
        })  # fmt: skip
    return rows


def _trail(conversations: list[str]) -> list[dict[str, Any]]:
    draw, at = random.Random(2), now()
    return [
        {
            "at": at - timedelta(seconds=30 * (TRAIL - number)), "account": draw.choice((ADMIN, AGENT, "omar", "tess")),
            "action": draw.choice(("read", "read", "changed", "answered")), "kind": "conversation",
            "object_id": draw.choice(conversations), "detail": "", "digest": "0" * 64,
        }
        for number in range(TRAIL)
    ]  # fmt: skip


def _group(number: int, turn: TurnRow) -> dict[str, Any]:
    topic = f"{turn.text.split()[0]} {number % 40}" if number % 3 else ""
    return {
        "id": number, "state": "open", "place": number, "service": turn.service, "language": turn.language,
        "unknown": True, "twice": number % 9 == 0, "topic": topic, "closest": {}, "examples": [],
    }  # fmt: skip


def _message(number: int, turn: TurnRow) -> dict[str, Any]:
    return {
        "group_id": number, "conversation_id": turn.conversation_id, "message_id": turn.message_id, "turn_id": turn.id,
        "at": turn.at, "text": turn.text, "key": turn.text, "language": turn.language,
        "ranking": [[turn.intent, turn.confidence]], "service": turn.service, "signals": ["unknown"], "evidence": {},
    }  # fmt: skip


def _handoff(number: int, conversation: ConversationRow) -> dict[str, Any]:
    return {
        "id": f"{number:024d}", "conversation_id": conversation.id, "state": "waiting", "service": "birth-certificate",
        "administration": OFFICES[number % 2], "language": "fr", "asked_at": now() - timedelta(minutes=number),
    }  # fmt: skip


def _sample(number: int, conversation_id: str) -> dict[str, Any]:
    strata = ("bad_score", "unsure", "abandoned", "random")
    week = (now() - timedelta(weeks=number // 20)).strftime("%G-W%V")
    return {"conversation_id": conversation_id, "week": week, "stratum": strata[number % 4], "drawn_at": now()}
