"""What one citizen leaves behind: a conversation, a request, an opinion, each at a time of one's choice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, text, update

from bot.conversations.model import Author, Button, Command, Message, Moment
from bot.conversations.notice import opening
from bot.conversations.pending import PendingMessages
from bot.conversations.store import ConversationStore
from bot.conversations.tables import ConversationRow
from bot.conversations.turn import Turn
from bot.db import Base, Database
from bot.privacy.encryption import Cipher
from bot.requests.model import Request, State
from bot.requests.store import RequestStore
from bot.requests.tables import RequestRow
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.model import Face
from bot.satisfaction.store import FeedbackStore, Subject
from bot.satisfaction.tables import FeedbackRow

ANSWERS = {"name": "Zéphyrine Quatrebarbes", "birth": "1987-03-19"}


@dataclass
class Office:
    """The rooms of one database, and what citizens do there."""

    database: Database
    cipher: Cipher

    def __post_init__(self) -> None:
        self.conversations = ConversationStore(self.database, self.cipher)
        self.pending = PendingMessages(self.database, self.cipher)
        self.requests = RequestStore(self.database, self.cipher)
        self.feedback = FeedbackStore(self.database)

    async def talk(self, *buttons: Button, at: datetime | None = None, request: Request | None = None) -> str:
        """Have a conversation of one turn, with a message that waits, and return its identifier."""
        conversation_id, _, _ = await self.conversations.open("fr", None, opening("fr"))
        said = [Message(Author.BOT, "Nom : Zéphyrine Quatrebarbes", list(buttons), logged_text="[récapitulatif]")]
        turn = Turn(conversation_id, "m1", "", messages=said, model="m", moment=Moment.SUBMISSION)
        await self.conversations.record(turn, {}, language="fr", logged_text="ma demande de naissance")
        await self.pending.keep(conversation_id, "m2", "je suis Zéphyrine Quatrebarbes")
        if at is not None:
            await self._set(ConversationRow, ConversationRow.id == conversation_id, created_at=at, last_at=at)
        return conversation_id

    async def request(self, conversation_id: str | None, state: State, at: datetime | None = None) -> Request:
        """Have a request in a state since a time."""
        draft = await self.requests.start("birth-certificate", "fr", conversation_id)
        await self.requests.answer(draft.id, ANSWERS)
        if state is not State.DRAFT:
            await self.requests.file(draft.id, 10)
        await self._set(RequestRow, RequestRow.id == draft.id, state=state, **({"updated_at": at} if at else {}))
        return await self.requests.get(draft.id)

    async def rate(self, conversation_id: str, request_id: str = "", at: datetime | None = None) -> None:
        """Say how it went."""
        subject = Subject(conversation_id, Moment.SUBMISSION, "birth-certificate", request_id)
        await self.feedback.rate(subject, Face.BAD)
        await self.feedback.comment(subject, "trop long")
        if at is not None:
            await self._set(FeedbackRow, FeedbackRow.conversation_id == conversation_id, at=at)
            # A fact is never changed: it is taken away, and said as of then.
            theirs = FactRow.conversation_id == conversation_id
            async with self.database.writing() as session:
                await session.execute(delete(FactRow).where(theirs))
            says = ("widget", "fr", "satisfaction", 0.0, "0-10", conversation_id)
            said = Fact(at, Kind.ANSWER, Side.CITIZEN, Moment.SUBMISSION, "birth-certificate", None, *says)
            await FactStore(self.database).append([said])

    async def raw(self) -> str:
        """Return everything that the tables hold, as somebody who reads the database sees it."""
        async with self.database.reading() as session:
            rows = [(await session.execute(text(f"SELECT * FROM {name}"))).all() for name in Base.metadata.tables]
        return repr(rows)

    async def count(self, table: str) -> int:
        """Return how many rows a table has."""
        async with self.database.reading() as session:
            return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())

    async def _set(self, table: Any, where: Any, **values: Any) -> None:
        async with self.database.writing() as session:
            await session.execute(update(table).where(where).values(**values))


def resume(request: Request) -> Button:
    """Return the button that the assistant shows when a draft is saved."""
    return Button("Reprendre", Command("resume_request", {"request": request.id}))
