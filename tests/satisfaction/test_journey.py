"""The funnel: each step that a conversation or a request reached is written once, and adds up."""

from datetime import timedelta

from sqlalchemy import select, update

from bot.catalogue.load import Catalogue
from bot.conversations.model import Moment
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.tables import ConversationRow
from bot.conversations.turn import Turn
from bot.db import Database, now
from bot.privacy.encryption import Cipher
from bot.requests.store import RequestStore
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.journey import Journeys, Step, journey, lost_at
from bot.satisfaction.totals import Cell


def cell(dimension: str, n: int) -> Cell:
    return Cell("citizen", "signal", "", "", dimension, "count", n, n, n)


async def steps(database: Database) -> dict[str, list[FactRow]]:
    """What is written of each step."""
    async with database.reading() as session:
        found: dict[str, list[FactRow]] = {}
        for row in await session.scalars(select(FactRow).order_by(FactRow.id)):
            found.setdefault(row.dimension.removeprefix("step_"), []).append(row)
        return found


async def silent(database: Database, conversation_id: str, of: timedelta) -> None:
    async with database.writing() as session:
        mine = update(ConversationRow).where(ConversationRow.id == conversation_id)
        await session.execute(mine.values(last_at=now() - of))


async def test_steps_are_written_once_with_their_service_and_administration(
    database: Database, cipher: Cipher, catalogue: Catalogue
) -> None:
    conversations, requests = ConversationStore(database, cipher), RequestStore(database, cipher)
    spoken, mute, fresh = [(await conversations.open("fr", None, opening("fr")))[0] for _ in range(3)]
    for conversation in (spoken, fresh):
        turn = Turn(conversation, "m1", "", service="birth-certificate", moment=Moment.INFORMATION)
        await conversations.record(turn, {}, language="fr", logged_text="acte de naissance")
    for conversation in (spoken, mute):
        await silent(database, conversation, timedelta(hours=1))
    draft = await requests.start("birth-certificate", "fr", spoken)
    await requests.file(draft.id, 10)
    journeys = Journeys(database, catalogue)
    assert await journeys.note() == "4 steps"
    assert await journeys.note() == "", "each is written once"
    found = await steps(database)
    assert {name: len(rows) for name, rows in found.items()} == {"opened": 1, "understood": 1, "started": 1, "filed": 1}
    assert found["opened"][0].conversation_id == spoken, "who said nothing, or may still be there, is not counted"
    whose = catalogue.services["birth-certificate"].administration
    assert {(row.service, row.administration, row.demo) for rows in found.values() for row in rows} == {
        ("birth-certificate", whose, False)
    }
    assert [found[name][0].moment for name in ("opened", "filed")] == ["information", "submission"]
    await silent(database, fresh, timedelta(hours=1))
    assert await journeys.note() == "2 steps", "it was opened and understood, and is over now"


def test_the_funnel_says_what_is_lost_between_two_steps() -> None:
    cells = [cell("step_opened", 100), cell("step_understood", 80), cell("step_started", 20), cell("step_filed", 15)]
    assert journey([*cells, cell("step_decided", 18)]) == [
        Step("opened", 100, 0, None),
        Step("understood", 80, 20, 0.8),
        Step("started", 20, 60, 0.25),
        Step("filed", 15, 5, 0.75),
        Step("decided", 18, 0, 1.0),  # some of them were filed before the span
    ]


def test_fields_at_which_people_leave_come_in_their_order() -> None:
    assert lost_at(
        [cell("abandoned_at:email", 2), cell("abandoned_at:birth_date", 3), cell("abandoned_at:email", 2)]
    ) == [
        ("email", 4),
        ("birth_date", 3),
    ]
