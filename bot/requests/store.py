"""Reads and writes requests: drafts, filing, state, and access by reference and code."""

import asyncio
import secrets
from collections.abc import Collection
from datetime import timedelta
from time import monotonic
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.db import Database, now
from bot.errors import Conflict, NotFound
from bot.privacy.encryption import Cipher
from bot.requests.casework import CITIZEN, Author
from bot.requests.events import Kind, RequestEvent
from bot.requests.journal import Journal
from bot.requests.lifecycle import check_transition
from bot.requests.model import Preference, Request, State, Way
from bot.requests.reference import hash_code, new_reference, same_code
from bot.requests.tables import RequestRow

WRONG_CODES_ALLOWED = 8
"""Wrong codes in a row after which a reference is closed for a while."""
LOCKED_FOR = timedelta(minutes=30)
OF_ONE = 20
"""Requests of one conversation that are shown to the agent who talks in it."""
OTHERS = 5
"""Other requests of a conversation that are looked at for an answer given already."""
REFUSED_AFTER = 0.15
"""Seconds that every refusal takes: ten times the hash, so that what else is done does not show."""


class RequestStore:
    """The requests of a database.

    Args:
        database: where they are.
        cipher: encrypts the answers and derives the access codes.
        wrong_codes: wrong codes in a row after which a reference is closed for a while.
    """

    def __init__(self, database: Database, cipher: Cipher, wrong_codes: int = WRONG_CODES_ALLOWED) -> None:
        self._database = database
        self._cipher = cipher
        self._wrong_codes = wrong_codes
        self._journal = Journal(cipher)

    async def start(
        self, service: str, language: str, conversation_id: str | None, author: Author = CITIZEN
    ) -> Request:
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
            begun = RequestEvent(State.DRAFT, at, actor=author.actor, by=author.name)
            await self._journal.append(session, request_id, begun)
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
            events = await self._journal.events(session, request_id)
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
                [event for event in events if event.kind is Kind.STATE],
                Preference(
                    row.prefers_language, Way(row.prefers_way) if row.prefers_way else None, row.prefers_told_at
                ),
                row.demo,
            )

    async def by_reference(self, reference: str) -> Request:
        """Return the request of a reference, for the office.

        Raises:
            NotFound: there is none.
        """
        async with self._database.reading() as session:
            query = select(RequestRow.id).where(RequestRow.reference == reference)
            request_id = (await session.execute(query)).scalar_one_or_none()
        return await self.get(request_id or "")

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

    async def file(self, request_id: str, delay_days: int, author: Author = CITIZEN) -> Request:
        """File a draft; filing it again changes nothing and returns the same request.

        Args:
            request_id: the draft.
            delay_days: the announced delay, in calendar days.
            author: who files it: its citizen, or the office's software for them.

        Raises:
            NotFound: there is no such request.
        """
        at = now()
        due = at + timedelta(days=delay_days)
        await self._leave_draft(request_id, State.FILED, author, filed_at=at, due_at=due)
        return await self.get(request_id)

    async def withdraw_draft(self, request_id: str, author: Author = CITIZEN) -> None:
        """Forget a draft that the citizen gives up: its answers are erased at once."""
        await self._leave_draft(request_id, State.WITHDRAWN, author, answers=self._cipher.encrypt({}))

    async def _leave_draft(self, request_id: str, state: State, author: Author, **values: Any) -> None:
        check_transition(State.DRAFT, state, author.actor, None)
        async with self._database.writing() as session:
            # One statement takes the request out of the drafts, so that of two confirmations one finds none.
            left = await session.execute(
                update(RequestRow)
                .where(RequestRow.id == request_id, RequestRow.state == State.DRAFT)
                .values(state=state, updated_at=now(), **values)
            )
            if left.rowcount == 1:  # type: ignore[attr-defined]
                event = RequestEvent(state, now(), actor=author.actor, by=author.name)
                await self._journal.append(session, request_id, event)

    async def is_open_in(self, conversation_id: str, states: Collection[State]) -> bool:
        """Return whether a request of a conversation is in one of the states."""
        async with self._database.reading() as session:
            query = select(RequestRow.id).where(
                RequestRow.conversation_id == conversation_id, RequestRow.state.in_(states)
            )
            return (await session.execute(query.limit(1))).first() is not None

    async def others_of(self, request: Request) -> list[Request]:
        """Return the other requests of the same conversation, the newest first; none for one without conversation."""
        async with self._database.reading() as session:
            query = (
                select(RequestRow.id)
                .where(RequestRow.conversation_id == request.conversation_id, RequestRow.id != request.id)
                .order_by(RequestRow.updated_at.desc())
                .limit(OTHERS)
            )
            found = list(await session.scalars(query))
        return [await self.get(each) for each in found]

    async def of_conversation(self, conversation_id: str) -> list[Request]:
        """Return the requests of a conversation, drafts included, the one that was touched last first."""
        async with self._database.reading() as session:
            query = (
                select(RequestRow.id)
                .where(RequestRow.conversation_id == conversation_id)
                .order_by(RequestRow.updated_at.desc())
                .limit(OF_ONE)
            )
            found = list(await session.scalars(query))
        return [await self.get(each) for each in found]

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

        An unknown reference, a wrong code and a closed reference give the same answer in the same time: each makes one
        hash and writes one row, and no refusal comes before `REFUSED_AFTER`.
        """
        began = monotonic()
        opened = await self._open_with_code(reference, code)
        if opened is None:
            await asyncio.sleep(max(0.0, began + REFUSED_AFTER - monotonic()))
        return opened

    async def _open_with_code(self, reference: str, code: str) -> Request | None:
        async with self._database.reading() as session:
            query = select(RequestRow.id, RequestRow.code_hash, RequestRow.locked_until).where(
                RequestRow.reference == reference
            )
            row = (await session.execute(query)).one_or_none()
        right = await asyncio.to_thread(same_code, code, row.id if row else "", row.code_hash if row else "0" * 64)
        locked = row is not None and row.locked_until is not None and row.locked_until > now()
        if row is None or locked or not right:
            await self._refuse(reference, counts=row is not None and not locked)
            return None
        async with self._database.writing() as session:
            await session.execute(
                update(RequestRow).where(RequestRow.id == row.id).values(wrong_codes=0, locked_until=None)
            )
        return await self.get(row.id)

    async def _refuse(self, reference: str, *, counts: bool) -> None:
        """Count a wrong code, or write a row anew as it is: an unknown reference must cost what a known one does."""
        known = select(RequestRow.id).where(RequestRow.reference == reference).scalar_subquery()
        some = select(func.min(RequestRow.id)).scalar_subquery()
        query = select(RequestRow.id, RequestRow.wrong_codes, RequestRow.locked_until)
        async with self._database.writing() as session:
            chosen = query.where(RequestRow.id == func.coalesce(known, some)).with_for_update()
            row = (await session.execute(chosen)).one_or_none()
            if row is None:
                return  # there is no request at all
            wrong, until = row.wrong_codes + counts, row.locked_until
            if wrong >= self._wrong_codes:
                wrong, until = 0, now() + LOCKED_FOR
            changed = update(RequestRow).where(RequestRow.id == row.id)
            await session.execute(changed.values(wrong_codes=wrong, locked_until=until))

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
