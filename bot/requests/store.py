"""Reads and writes requests: drafts, filing, state, and access by reference and code."""

import asyncio
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from bot.db import Database, now
from bot.errors import Conflict, NotFound
from bot.privacy.encryption import Cipher
from bot.requests.model import Event, Request, State
from bot.requests.reference import hash_code, new_reference, same_code
from bot.requests.tables import RequestEventRow, RequestRow

WRONG_CODES_ALLOWED = 8
"""Wrong codes in a row after which a reference is closed for a while."""
LOCKED_FOR = timedelta(minutes=30)


class RequestStore:
    """The requests of a database.

    Args:
        database: where they are.
        cipher: encrypts the answers and derives the access codes.
    """

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher

    async def start(self, service: str, language: str, conversation_id: str | None) -> Request:
        """Begin a request: an empty draft."""
        request_id, at = secrets.token_hex(12), now()
        values = {
            "id": request_id,
            "reference": new_reference(),
            "service": service,
            "state": State.DRAFT,
            "language": language,
            "conversation_id": conversation_id,
            "answers": self._cipher.encrypt({}),
            "code_hash": await self._hash(self.access_code(request_id), request_id),
            "wrong_codes": 0,
            "created_at": at,
            "updated_at": at,
        }
        async with self._database.writing() as session:
            await session.execute(insert(RequestRow).values(values))
            await session.execute(
                insert(RequestEventRow).values(request_id=request_id, state=State.DRAFT, at=at, reason=None)
            )
        return await self.get(request_id)

    def access_code(self, request_id: str) -> str:
        """Return the access code of a request, eight digits; it is derived from the key and stored as a hash only."""
        return self._cipher.digits(f"access-code:{request_id}", 8)

    async def get(self, request_id: str) -> Request:
        """Return a request with its history.

        Raises:
            NotFound: there is none of that identifier.
        """
        async with self._database.reading() as session:
            row = await session.get(RequestRow, request_id)
            if row is None:
                raise NotFound("This request does not exist.", code="unknown-request")
            events = await session.scalars(
                select(RequestEventRow).where(RequestEventRow.request_id == request_id).order_by(RequestEventRow.id)
            )
            return Request(
                row.id,
                row.reference,
                row.service,
                State(row.state),
                row.language,
                row.conversation_id,
                self._cipher.decrypt(row.answers),
                row.created_at,
                row.filed_at,
                row.due_at,
                [Event(State(event.state), event.at, event.reason) for event in events],
            )

    async def answer(self, request_id: str, answers: dict[str, Any]) -> None:
        """Replace the answers of a draft.

        Raises:
            Conflict: the request is no longer a draft.
        """
        async with self._database.writing() as session:
            result = await session.execute(
                update(RequestRow)
                .where(RequestRow.id == request_id, RequestRow.state == State.DRAFT)
                .values(answers=self._cipher.encrypt(answers), updated_at=now())
            )
            if result.rowcount != 1:  # type: ignore[attr-defined]
                raise Conflict("This request has been filed already.", code="already-filed")

    async def file(self, request_id: str, delay_days: int) -> Request:
        """File a draft; filing it again changes nothing and returns the same request.

        Args:
            request_id: the draft.
            delay_days: the announced delay, in calendar days.

        Raises:
            NotFound: there is no such request.
        """
        at = now()
        async with self._database.writing() as session:
            result = await session.execute(
                update(RequestRow)
                .where(RequestRow.id == request_id, RequestRow.state == State.DRAFT)
                .values(state=State.FILED, filed_at=at, updated_at=at, due_at=at + timedelta(days=delay_days))
            )
            if result.rowcount == 1:  # type: ignore[attr-defined]
                await session.execute(
                    insert(RequestEventRow).values(request_id=request_id, state=State.FILED, at=at, reason=None)
                )
        return await self.get(request_id)

    async def withdraw_draft(self, request_id: str) -> None:
        """Forget a draft that the citizen gives up: its answers are erased at once."""
        async with self._database.writing() as session:
            result = await session.execute(
                update(RequestRow)
                .where(RequestRow.id == request_id, RequestRow.state == State.DRAFT)
                .values(state=State.WITHDRAWN, answers=self._cipher.encrypt({}), updated_at=now())
            )
            if result.rowcount == 1:  # type: ignore[attr-defined]
                await session.execute(
                    insert(RequestEventRow).values(request_id=request_id, state=State.WITHDRAWN, at=now(), reason=None)
                )

    async def latest_draft(self, conversation_id: str) -> Request | None:
        """Return the draft of a conversation that was touched last, or None."""
        return await self._latest(conversation_id, RequestRow.state == State.DRAFT)

    async def latest_filed(self, conversation_id: str) -> Request | None:
        """Return the request that was filed last in a conversation, or None."""
        return await self._latest(conversation_id, RequestRow.filed_at.is_not(None))

    async def _latest(self, conversation_id: str, condition: Any) -> Request | None:
        async with self._database.reading() as session:
            query = (
                select(RequestRow.id)
                .where(RequestRow.conversation_id == conversation_id, condition)
                .order_by(RequestRow.updated_at.desc())
                .limit(1)
            )
            request_id = (await session.execute(query)).scalar_one_or_none()
        return await self.get(request_id) if request_id else None

    async def open_with_code(self, reference: str, code: str) -> Request | None:
        """Return the request of a reference when the code is its own; None in every other case.

        An unknown reference, a wrong code and a closed reference give the same answer and cost the same hash.
        """
        async with self._database.reading() as session:
            query = select(RequestRow.id, RequestRow.code_hash, RequestRow.locked_until).where(
                RequestRow.reference == reference
            )
            row = (await session.execute(query)).one_or_none()
        right = await asyncio.to_thread(same_code, code, row.id if row else "", row.code_hash if row else "0" * 64)
        if row is None:
            return None
        locked = row.locked_until is not None and row.locked_until > now()
        if not right or locked:
            if not locked:
                await self._count_wrong_code(row.id)
            return None
        async with self._database.writing() as session:
            await session.execute(
                update(RequestRow).where(RequestRow.id == row.id).values(wrong_codes=0, locked_until=None)
            )
        return await self.get(row.id)

    async def _count_wrong_code(self, request_id: str) -> None:
        async with self._database.writing() as session:
            query = select(RequestRow.wrong_codes).where(RequestRow.id == request_id).with_for_update()
            wrong = (await session.execute(query)).scalar_one() + 1
            locked = wrong >= WRONG_CODES_ALLOWED
            await session.execute(
                update(RequestRow)
                .where(RequestRow.id == request_id)
                .values(wrong_codes=0 if locked else wrong, locked_until=now() + LOCKED_FOR if locked else None)
            )

    async def adopt(self, request_id: str, conversation_id: str) -> None:
        """Attach a request to the conversation in which it goes on."""
        async with self._database.writing() as session:
            await session.execute(
                update(RequestRow)
                .where(RequestRow.id == request_id)
                .values(conversation_id=conversation_id, updated_at=now())
            )

    @staticmethod
    async def _hash(code: str, salt: str) -> str:
        return await asyncio.to_thread(hash_code, code, salt)
