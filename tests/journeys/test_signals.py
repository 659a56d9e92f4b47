"""What the log of real conversations shows once they are over: the job reads a copy of it, an hour later."""

import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp
from sqlalchemy import select, text

from bot.catalogue.load import Catalogue
from bot.db import Database
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.gather import Gathering
from tests.citizen import Citizen
from tests.journeys.player import begin, file_request
from tests.service import Service


async def an_hour_later(service: Service, folder: Path, catalogue: Catalogue) -> dict[str | None, dict[str, float]]:
    """Return the signals of each conversation, by dimension."""
    copy = folder / "later.db"
    with closing(sqlite3.connect(service.data_dir / "guichet.db")) as live, closing(sqlite3.connect(copy)) as later:
        live.backup(later)
    database = Database(f"sqlite+aiosqlite:///{copy}")
    async with database.writing() as session:
        await session.execute(text("UPDATE turns SET at = datetime(at, '-1 hour')"))
        await session.execute(text("DELETE FROM fact_marks"))
    await Gathering(database, catalogue).run()
    found: dict[str | None, dict[str, float]] = {}
    async with database.reading() as session:
        for row in await session.scalars(select(FactRow).where(FactRow.kind == "signal", FactRow.dimension != "asked")):
            found.setdefault(row.conversation_id, {})[row.dimension] = row.value
    await database.close()
    return found


async def test_the_log_shows_who_left_a_form_who_sent_one_and_who_was_not_understood(
    session: aiohttp.ClientSession, service: Service, catalogue: Catalogue, tmp_path: Path
) -> None:
    left, sent, lost, stopped, angry = [await Citizen.arrive(session) for _ in range(5)]
    await begin(left, "Acte de naissance", by_buttons=True)
    await left.say("combien ça coûte ?")
    field = left.awaited
    await file_request(sent, "Acte de naissance", "Confirmer")
    await lost.say("combien coûte un permis de chasse ?")
    await lost.say("je parle de mon permis pour chasser le sanglier")
    await lost.say("je voudrais parler à quelqu'un")
    await begin(stopped, "Acte de naissance", by_buttons=True)
    await stopped.say("abandonner")
    await angry.say("t'es un idiot")

    found = await an_hour_later(service, tmp_path, catalogue)
    assert field is not None
    assert (found[left.id]["abandonment"], found[left.id][f"abandoned_at:{field['field']}"]) == (1, 1)
    assert found[sent.id]["abandonment"] == 0
    assert found[stopped.id]["abandonment"] == 0
    assert "abandonment" not in found[lost.id]
    assert found[lost.id]["fallback"] >= 1
    assert (found[lost.id]["handoff_asked"], found[lost.id]["turns"]) == (1, 3)
    assert (found[angry.id]["distress"], found[sent.id]["distress"]) == (1, 0)
    assert found[sent.id]["time_to_answer"] > 0
