"""The processes of one machine over one database and one spool, without their HTTP."""

from pathlib import Path

from bot.conversations.durable import DurableStore
from bot.conversations.model import Author, Button, Message
from bot.conversations.notice import opening
from bot.conversations.pending import PendingMessages
from bot.conversations.pending_durable import DurablePending
from bot.conversations.replay import Replay
from bot.conversations.spool import Spool
from bot.conversations.store import ConversationStore
from bot.conversations.turn import Turn
from bot.db import Database
from bot.privacy.encryption import Cipher

MB = 2**20


class House:
    """The processes of one machine, as they are after a start: nothing in memory."""

    def __init__(self, database: Database, cipher: Cipher, folder: Path, limit: int = MB) -> None:
        self.database = database
        spool = Spool(folder, cipher, limit)
        self.gateway = DurableStore(database, cipher, spool)
        self.engine = DurableStore(database, cipher, Spool(folder, cipher, limit))
        self.pending = DurablePending(database, cipher, spool)
        self.replay = Replay(spool, ConversationStore(database, cipher), PendingMessages(database, cipher))

    async def open(self) -> tuple[str, str]:
        conversation_id, token, _ = await self.gateway.open("fr", None, opening("fr"))
        return conversation_id, token

    async def say(self, conversation_id: str, message_id: str, *buttons: Button) -> list[Message]:
        """Answer a message as the engine does: once."""
        state, answered, _ = await self.engine.state(conversation_id, message_id)
        if answered:
            return await self.engine.answer_to(conversation_id, message_id)
        turn = Turn(conversation_id, message_id, "Quel prix ?", parse={"intent": {"name": "ask_price"}}, model="m")
        turn.messages = [Message(Author.BOT, f"Réponse à {message_id}", list(buttons))]
        said = [*(state.get("said") or []), message_id]
        await self.engine.record(turn, {"said": said}, language="fr", logged_text="Quel prix ?")
        return turn.messages
