"""`guichet satisfaction` and `guichet readings`, as an operator types them."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.cli import main
from bot.conversations.model import Moment
from bot.db import Database
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.model import Face
from bot.satisfaction.store import FeedbackStore, Subject
from bot.satisfaction.tables import FeedbackRow
from bot.satisfaction.verbatims_tables import ReadingRow

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def guichet(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("GUICHET_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("GUICHET_DATA_DIR", str(tmp_path / "var"))

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        return (int(left.value.code or 0), *capsys.readouterr())

    return run


def fill(url: str) -> None:
    async def write() -> None:
        database = Database(url)
        said = [("satisfaction", 10.0, "0-10")] * 20 + [("late", 1.0, "yes-no")] * 5
        await FactStore(database).append(
            [
                Fact(AT, Kind.ANSWER, Side.CITIZEN, "outcome", "passport", None, "widget", "fr", *each)  # type: ignore[arg-type]
                for each in said
            ]
        )
        await database.close()

    asyncio.run(write())


def test_the_indices_are_printed_with_what_they_are_worth(guichet, sqlite_url: str) -> None:
    fill(sqlite_url)
    code, out, _ = guichet("satisfaction")
    assert code == 0
    assert "20 answers of 20 asked, 0 silent" in out
    assert "satisfaction                    10.0   10.0 to 10.0     n 20       good" in out
    assert "late                               -   n 5, too few to tell" in out


def test_a_program_reads_them_as_json(guichet, sqlite_url: str) -> None:
    fill(sqlite_url)
    code, out, _ = guichet("satisfaction", "--by", "service", "--json")
    [report] = map(json.loads, out.splitlines())
    assert (code, report["service"], report["answered"]) == (0, "passport", 20)
    assert report["official"][0] == {"id": "satisfaction", "n": 20, "value": 10, "low": 10, "high": 10, "band": "good"}
    assert guichet("satisfaction", "--json", "--until", "2026-11-02")[1] == ""


def test_nothing_yet_is_said_and_a_wrong_day_is_refused(guichet) -> None:
    assert guichet("satisfaction") == (0, "No answer and no signal yet.\n", "")
    code, _, err = guichet("satisfaction", "--since", "hier")
    assert (code, err) == (1, "guichet: hier is not a day: write it like 2026-11-02.\n")


def comment(url: str, *words: str) -> None:
    async def write() -> None:
        database = Database(url)
        store = FeedbackStore(database)
        for number, each in enumerate(words):
            subject = Subject(f"c{number}", Moment.OUTCOME, "passport")
            await store.rate(subject, Face.GOOD)
            await store.comment(subject, each)
        await database.close()

    asyncio.run(write())


def read(url: str) -> list[tuple[str, str, float | None]]:
    async def look() -> list[tuple[str, str, float | None]]:
        database = Database(url)
        async with database.reading() as session:
            query = select(FeedbackRow.comment, ReadingRow.tone, ReadingRow.confidence)
            rows = await session.execute(query.join(ReadingRow, ReadingRow.feedback_id == FeedbackRow.id))
            found = [tuple(row) for row in rows]
        await database.close()
        return found  # type: ignore[return-value]

    return asyncio.run(look())


def test_comments_are_read_once_and_all_anew_when_that_is_asked_for(guichet, sqlite_url: str) -> None:
    assert guichet("readings") == (0, "0 comments read\n", "")
    comment(sqlite_url, "Accueil agréable, très satisfait, merci !", "Aucune réponse, c'est inadmissible.")
    assert guichet("readings") == (0, "2 comments read\n", "")
    assert {words.split()[0]: tone for words, tone, _ in read(sqlite_url)} == {
        "Accueil": "positive",
        "Aucune": "negative",
    }
    assert guichet("readings") == (0, "0 comments read\n", ""), "what was read is not read again"
    assert guichet("readings", "--again") == (0, "2 comments read\n", "")
    assert len(read(sqlite_url)) == 2, "each comment has one reading"
