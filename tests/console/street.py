"""Citizens in the street: they ask for a person, leave messages, file requests and are lost, through the stores."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.conversations.handoff import HandoffState
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.handoff_talk import Talk
from bot.conversations.model import Author, Message
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.turn import Turn
from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from bot.requests.masked import masked
from bot.requests.outbox import Status
from bot.requests.store import RequestStore
from tests.console.conftest import Office
from tests.console.test_undelivered import News


class Street:
    """What citizens do, in the database of the office."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def __call__(self, work: Callable[[ConversationStore, HandoffStore, Cipher], Any]) -> Any:
        # Playwright's own event loop runs in this thread: ours takes another.
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(self._do(work))).result()

    async def _do(self, work: Callable[[ConversationStore, HandoffStore, Cipher], Any]) -> Any:
        database = Database(f"sqlite+aiosqlite:///{self._office.data_dir / 'guichet.db'}")
        cipher = Cipher(read_keys("", self._office.data_dir))
        store = ConversationStore(database, cipher)
        try:
            return await work(store, HandoffStore(store, cipher), cipher)
        finally:
            await database.close()


async def asks(store: ConversationStore, handoffs: HandoffStore, cipher: Cipher) -> str:
    """A citizen asks about a passport, then for a person, and writes while waiting."""
    conversation_id, _, _ = await store.open("fr", None, opening("fr"))
    parse: dict[str, Any] = {
        "intent": {"name": "ask_price", "confidence": 0.93},
        "intent_ranking": [{"name": "ask_delay", "confidence": 0.04}],
        "entities": [{"entity": "age", "value": 12}],
        "actions": ["action_answer"],
    }
    answer = Message(Author.BOT, "Le passeport coûte 86 euros pour une personne majeure, 17 euros avant 15 ans.")
    turn = Turn(conversation_id, "m1", "Combien coûte un passeport ?", parse=parse, messages=[answer], model="2026-11")
    turn.service = "birth-certificate"
    await store.record(turn, {}, language="fr", logged_text="Combien coûte un passeport ?")
    handoff = await handoffs.ask(conversation_id, "birth-certificate", "town-hall", "fr")
    await Talk(handoffs, masked).hear(handoff, "m2", "Bonjour, je suis Camille Lefèvre, mon dossier n'avance pas.")
    return handoff.id


async def leaves(store: ConversationStore, handoffs: HandoffStore, cipher: Cipher) -> str:
    """A citizen leaves a message outside hours, with an e-mail address."""
    conversation_id, _, _ = await store.open("fr", None, opening("fr"))
    handoff = await handoffs.ask(conversation_id, "birth-certificate", "town-hall", "fr", HandoffState.LEAVING)
    for number, words in enumerate(("Mon acte n'est pas arrivé.", "camille@exemple.fr")):
        await Talk(handoffs, masked).hear(await handoffs.get(handoff.id), f"m{number}", words)
    return handoff.id


async def says(store: ConversationStore, handoffs: HandoffStore, cipher: Cipher, handoff_id: str, text: str) -> None:
    handoff = await handoffs.get(handoff_id)
    await Talk(handoffs, masked).hear(handoff, f"m-{text}", text)
    async with handoffs.database.writing() as session:
        await handoffs.note(session, handoff_id, "said")


async def files(store: ConversationStore, handoffs: HandoffStore, cipher: Cipher) -> str:
    requests = RequestStore(store.database, cipher)
    draft = await requests.start("birth-certificate", "fr", None)
    await requests.answer(draft.id, {"birth_name": "Lefèvre", "given_names": "Camille Jeanne"})
    return (await requests.file(draft.id, -2)).reference


async def loses(store: ConversationStore, handoffs: HandoffStore, cipher: Cipher) -> None:
    await News(store.database, cipher).lost(Status.UNCERTAIN)
