"""Something missing that is no field of the form is asked for as a file, and answered with files."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.desk import Desk
from actions.reply_to_office import AskReply, ValidateReplyForm
from bot.catalogue.load import Catalogue
from bot.requests.casework import Author
from bot.requests.events import Item, Kind, Problem
from bot.requests.files_check import Examined
from bot.requests.lifecycle import Actor
from bot.requests.model import State
from tests.requests.filling import desk_at

AGENT = Author(Actor.AGENT, "camille")
ITEMS = [
    Item(Problem.MISSING, label="Justificatif de domicile", file=True),
    Item(Problem.OUT_OF_DATE, label="Quittance", file=True),
]


@pytest.fixture
async def desk(sqlite_url: str, tmp_path: Path, catalogue: Catalogue) -> AsyncIterator[Desk]:
    async with desk_at(sqlite_url, tmp_path, catalogue) as opened:
        yield opened


async def _run(action: Any, request_id: str, conversation_id: str, text: str = "") -> list[dict[str, Any]]:
    parse = {"text": text, "intent": {"name": "off_topic", "confidence": 0.3}, "entities": []}
    slots = {"replying": {"request": request_id, "writes": False}}
    events = [{"event": "user"}]
    dispatcher = CollectingDispatcher()
    tracker = Tracker(conversation_id, slots, parse, events, False, None, {"name": "reply_form"}, "action_listen")
    await action.run(dispatcher, tracker, {})
    return dispatcher.messages


async def test_each_missing_proof_takes_files_of_its_own(desk: Desk) -> None:
    conversation, _, _ = await desk.conversations.open("fr", None, [])
    draft = await desk.requests.start("birth-certificate", "fr", conversation)
    filed = await desk.requests.file(draft.id, 10)
    await desk.casework.ask_completion(filed.reference, AGENT, ITEMS)
    for item, name in zip(ITEMS, ("facture.pdf", "quittance.pdf"), strict=True):
        [asked] = await _run(AskReply(), filed.id, conversation)
        awaited = asked["custom"]["input"]
        assert (awaited["type"], awaited["label"], awaited["max_files"]) == ("file", item.label, 3)
        [refused] = await _run(ValidateReplyForm(), filed.id, conversation, "je vous l'envoie")
        assert refused["response"] == "utter_invalid_file"
        sent = await desk.files.keep(conversation, Examined(name, "application/pdf", b"%PDF"))
        [received] = await _run(ValidateReplyForm(), filed.id, conversation, sent.payload)
        assert (received["response"], received["names"]) == ("utter_file_received", name)
    assert (await desk.requests.get(filed.id)).state is State.EXAMINED
    files = await desk.files.of_request(filed.id)
    assert [(each.field, each.name) for each in files] == [
        ("completion_0", "facture.pdf"),
        ("completion_1", "quittance.pdf"),
    ]
    answers = [each.text for each in await desk.casework.history(filed.reference) if each.kind is Kind.ANSWER]
    assert answers == ["facture.pdf", "quittance.pdf"]
    assert await desk.casework.verify(filed.reference) == (1, [])
