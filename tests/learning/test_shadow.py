"""A challenger listens to what citizens write, beside the service; what it would have understood otherwise shows."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.db import Database, now
from bot.learning.gate import Verdict
from bot.learning.runs_tables import RunRow
from bot.learning.shadow import Shadow
from bot.privacy.encryption import Cipher
from bot.rights.erasure import erase
from tests.learning.log import Log
from tests.learning.workshop import Workshop, make_model
from tests.rights.citizen import Office

SURE = {"confidence": 0.9, "service": None}


class Listening:
    """Stands in for the process with the two models: about what holds `otherwise` they disagree."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def __call__(self, request: dict[str, Any], log: Path, tell: Any) -> dict[str, Any]:
        self.asked.append(request)
        return {
            "changes": [
                {
                    "turn_id": turn,
                    "count": count,
                    "before": {"intent": "greet", **SURE},
                    "after": {"intent": "ask_price", **SURE},
                }
                for turn, count, text in request["messages"]
                if "otherwise" in text
            ]
        }

    def texts(self) -> list[list[str]]:
        """Return what each listening was asked."""
        return [[text for _, _, text in each["messages"]] for each in self.asked]


@pytest.fixture
def listening() -> Listening:
    return Listening()


@pytest.fixture
def shadow(workshop: Workshop, listening: Listening) -> Shadow:
    return Shadow(workshop.settings, workshop.database, listening)


@pytest.fixture
def log(database: Database, cipher: Cipher) -> Log:
    return Log(database, cipher)


async def talk(log: Log, *texts: str, **more: Any) -> str:
    return await log.talk(*((text, "greet", 0.9) for text in texts), at=now() + timedelta(minutes=1), **more)


async def test_what_comes_after_the_comparison_is_listened_to_once_and_what_differs_is_counted(
    workshop: Workshop, shadow: Shadow, listening: Listening, log: Log
) -> None:
    await log.talk(("long before", "greet", 0.9))
    run = await workshop.run()
    assert await shadow.listen() == "", "nothing came since"
    await talk(log, "seen otherwise", "as ever")
    await talk(log, "Seen  otherwise")
    assert await shadow.listen() == "listened to 3, 2 understood otherwise"
    assert listening.texts() == [["seen otherwise", "as ever"]], "the same words are asked once"
    assert (listening.asked[0]["champion"], listening.asked[0]["challenger"]) == (run.champion, run.challenger)
    assert await shadow.listen() == "", "nothing is listened to twice"
    await talk(log, "seen otherwise")
    await shadow.listen()
    heard = await shadow.heard(run.id)
    assert (heard.messages, heard.otherwise) == (4, 3)
    (one,) = heard.disagreements
    assert (one.text, one.count, one.before.intent, one.after.intent) == ("seen otherwise", 3, "greet", "ask_price")


async def test_what_was_only_heard_is_not_to_be_judged(workshop: Workshop, shadow: Shadow, log: Log) -> None:
    run = await workshop.run()
    await talk(log, "seen otherwise")
    await shadow.listen()
    assert await workshop.runs.changes(run.id) == []
    assert (await workshop.runs.decision(run)).verdict is Verdict.PASSED


async def test_answers_to_questions_of_a_form_and_buttons_are_not_listened_to(
    workshop: Workshop, shadow: Shadow, listening: Listening, log: Log
) -> None:
    await workshop.run()
    await talk(log, "[réponse : birth_date]", field="birth_date")
    await talk(log, "Oui", kind="button")
    assert await shadow.listen() == ""
    assert listening.asked == []


async def test_nothing_is_listened_to_after_a_promotion_during_a_run_or_when_it_is_switched_off(
    workshop: Workshop, shadow: Shadow, listening: Listening, log: Log
) -> None:
    run = await workshop.run()
    await talk(log, "seen otherwise")
    off = replace(workshop.settings, shadow_hours=0)
    assert await Shadow(off, workshop.database, listening).listen() == ""
    make_model(workshop.models, "another.tar.gz")
    workshop.serve("another.tar.gz")
    assert await shadow.listen() == "", "the champion that it was compared with serves no longer"
    workshop.serve(run.champion)
    await workshop.runs.ask("lea")
    assert await shadow.listen() == "", "a run goes on"
    assert listening.asked == []


async def test_the_listening_ends_after_its_hours(
    workshop: Workshop, shadow: Shadow, listening: Listening, log: Log, database: Database
) -> None:
    run = await workshop.run()
    await talk(log, "seen otherwise")

    async def ended(hours: float) -> None:
        async with database.writing() as session:
            which = update(RunRow).where(RunRow.id == run.id)
            await session.execute(which.values(ended_at=now() - timedelta(hours=hours)))

    await ended(24.5)
    assert await shadow.listen() == "", "it came after the day"
    await ended(26)
    assert await shadow.listen() == "", "the day is over"
    await ended(23)
    assert await shadow.listen() == "listened to 1, 1 understood otherwise"


async def test_an_erased_conversation_takes_along_what_was_heard_of_it(
    workshop: Workshop, shadow: Shadow, log: Log, cipher: Cipher, tmp_path: Path
) -> None:
    run = await workshop.run()
    erased = await talk(log, "seen otherwise")
    await talk(log, "kept otherwise")
    await shadow.listen()
    await erase(Office(workshop.database, cipher, tmp_path / "office").holdings, erased)
    assert [each.text for each in (await shadow.heard(run.id)).disagreements] == ["kept otherwise"]
