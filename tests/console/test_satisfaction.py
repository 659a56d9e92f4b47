"""The pages of satisfaction, the files and the public results, in a gateway of this process: no browser, no engine."""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pyarrow.parquet
import pytest
from aiohttp.test_utils import TestServer
from pypdf import PdfReader
from sqlalchemy import insert

from bot.accounts.store import AccountStore
from bot.catalogue.load import Catalogue
from bot.conversations.assistant import Assistant
from bot.conversations.model import Moment
from bot.db import Database, now
from bot.privacy.encryption import Cipher, read_keys
from bot.requests.outbox import Outbox
from bot.satisfaction import demo
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.model import Face
from bot.satisfaction.store import FeedbackStore, Subject
from bot.satisfaction.totals import Totals
from bot.satisfaction.verbatims_tables import ReadingRow
from bot.settings import Settings
from bot.web.app import create_gateway
from tests.conftest import ROOT
from tests.console.colleague import Colleague
from tests.console.conftest import PASSWORD, PEOPLE

HOME = "/console/satisfaction"
PAGES = ("", "/journey", "/services", "/dimensions", "/verbatims", "/alerts", "/actions", "/failures", "/files")
SignIn = Callable[[str], Awaitable[Colleague]]


class Nobody:
    """An engine that is never asked."""

    async def close(self) -> None:
        """Have nothing to close."""


@pytest.fixture(params=["no"])
async def board(
    request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """The address of a gateway with two months of opinions about two services."""
    settings = Settings(
        data_dir=tmp_path, database_url=sqlite_url, catalogue_dir=ROOT / "data", publish_results=request.param
    )
    database = Database(settings.database)
    accounts = AccountStore(database, Cipher(read_keys("", tmp_path)))
    for name in ("lea", "omar", "tess", "quentin"):
        role, offices, shown = PEOPLE[name]
        account = await accounts.add(name, role, offices, shown=shown)
        await accounts.accept(await accounts.invite(account.id), PASSWORD)
    await FactStore(database).append(
        [*_opinions("birth-certificate", 10.0, 5.0), *_opinions("housing-benefit", 0.0, 5.0)]
    )
    subject = Subject(None, Moment.OUTCOME, "birth-certificate")
    await FeedbackStore(database).rate(subject, Face.BAD)
    await FeedbackStore(database).comment(subject, "Toujours pas de réponse, <b>trop long</b>.")
    # Read already: the gateway of the test need not start a process to read it.
    async with database.writing() as session:
        await session.execute(
            insert(ReadingRow).values(feedback_id=1, tone="negative", themes=" responsiveness ", at=now())
        )
    await Totals(database, settings.timezone).refresh()
    await database.close()
    # Jobs are cut off in the middle when a gateway stops; a process ends then, this one goes on.
    monkeypatch.setattr("bot.web.app.jobs", lambda app: [])
    server = TestServer(create_gateway(settings, lambda: cast(Assistant, Nobody())))
    await server.start_server()
    yield str(server.make_url("/")).rstrip("/")
    await server.close()


def _opinions(service: str, *notes: float) -> list[Fact]:
    made = []
    for number in range(120):
        at = now() - timedelta(days=1 + number % 50, minutes=number)
        whose: tuple[Any, ...] = (Side.CITIZEN, Moment.OUTCOME, service, "town-hall", "widget", "fr")
        note = notes[number % len(notes)]
        made += [
            Fact(at, Kind.SIGNAL, *whose, "asked", 1.0, "count"),
            Fact(at, Kind.ANSWER, *whose, "satisfaction", note, "0-10"),
            Fact(at, Kind.SIGNAL, *whose, "late", float(number % 10 == 0), "yes-no"),
        ]
    return made


@pytest.fixture
async def enter(board: str) -> AsyncIterator[SignIn]:
    """Let people sign in, each in a browser of their own."""
    browsers: list[Colleague] = []

    async def sign_in(name: str) -> Colleague:
        browsers.append(Colleague(board))
        await browsers[-1].sign_in(name, PASSWORD)
        return browsers[-1]

    yield sign_in
    for each in browsers:
        await each.close()


async def test_every_page_opens_in_both_languages_with_nothing_and_with_something_in_it(enter: SignIn) -> None:
    quentin = await enter("quentin")
    for path in PAGES:
        for query in ("", "?period=365", "?until=2001-01-01&moment=use&channel=plain&language=en&service=passport"):
            shown = await quentin.open(f"{HOME}{path}{query}")
            assert shown.status == 200, (path, query, shown.words)
            assert "style=" not in shown.text, "the policy of the pages allows no inline style"
            assert "<style" not in shown.text


async def test_the_first_page_says_how_it_goes_and_what_to_do_first(enter: SignIn) -> None:
    quentin = await enter("quentin")
    words = (await quentin.open(f"{HOME}?period=90")).words
    assert "5,0 / 10 Pas bien" in words, "240 notes of mean 5 and one of 0: just below 5"
    first = words[words.index("À faire d'abord") :]
    assert first.index("2,5 sur 10") < first.index("7,4 sur 10"), "where most is lost comes first"
    assert quentin.page.text.count('role="img"') == 2, "a chart of the moments and one of the months"
    assert quentin.page.text.count("<table>") == 2, "each with its table"


async def test_a_view_is_in_its_address_and_kept_by_every_link(enter: SignIn) -> None:
    quentin = await enter("quentin")
    await quentin.open(f"{HOME}?period=90&service=housing-benefit")
    assert "2,5 / 10 Pas bien" in quentin.page.words
    assert f"{HOME}/services?period=90&amp;service=housing-benefit" in quentin.page.text


async def test_an_agent_of_an_office_sees_its_services_and_no_others(enter: SignIn) -> None:
    omar = await enter("omar")
    await omar.open(f"{HOME}/services?period=90")
    assert "housing-benefit" in omar.page.text
    assert "birth-certificate" not in omar.page.text
    await omar.open(f"{HOME}/verbatims?period=90")
    assert "trop long" not in omar.page.words
    assert (await omar.open(f"{HOME}/files")).status == 403
    assert (await omar.open(f"{HOME}/facts.csv")).status == 403
    tess = await enter("tess")
    assert (await tess.open(HOME)).status == 403


async def test_what_people_wrote_is_shown_as_text(enter: SignIn) -> None:
    quentin = await enter("quentin")
    await quentin.open(f"{HOME}/verbatims")
    assert "Toujours pas de réponse, <b>trop long</b>." in quentin.page.words


async def test_an_action_is_planned_with_its_score_done_and_checked(enter: SignIn) -> None:
    quentin, lea = await enter("quentin"), await enter("lea")
    await quentin.open(f"{HOME}/actions?service=housing-benefit")
    soon = (datetime.now().date() + timedelta(days=9)).isoformat()
    planned = {"title": "Renforcer <l'équipe>", "owner": "Omar", "hypothesis": "Moins d'attente", "due": soon}
    await quentin.send(f"{HOME}/actions", **planned, dimension="satisfaction", service="birth-certificate", moment="")
    address = quentin.page.path.split("?")[0]
    assert "Renforcer <l'équipe>" in quentin.page.words
    assert "7,44 (n = 121)" in quentin.page.words, "the score that caused it"
    assert "il n'y a rien à comparer" in quentin.page.words
    long_ago = (datetime.now().date() - timedelta(days=25)).isoformat()
    await quentin.send(address, to="done", on=long_ago, text="Deux personnes de plus")
    assert "la différence peut n'être que du hasard" in quentin.page.words
    assert (await lea.open(address)).status == 200, "who measures may read it"
    assert (await lea.send(address, to="kept", follow=False)).status == 403
    omar = await enter("omar")
    assert (await omar.open(address)).status == 404, "of another office's service there is none"
    assert (await quentin.send(address, to="moon")).status == 422


async def test_a_failure_mode_is_judged_and_its_occurrence_is_measured(enter: SignIn) -> None:
    quentin = await enter("quentin")
    await quentin.open(f"{HOME}/failures?period=90")
    assert "La réponse arrive après le délai annoncé" in quentin.page.words
    assert "10 % (n = 240)" in quentin.page.words.replace("\u202f", " ")
    await quentin.send(f"{HOME}/failures/late", severity="9", detection="9", control="Revue du lundi")
    await quentin.open(f"{HOME}/failures?period=90")
    assert "810" in quentin.page.words
    assert "Revue du lundi" in quentin.page.words
    assert (await quentin.send(f"{HOME}/failures/late", severity="99", detection="1")).status == 422


async def test_the_same_facts_leave_as_csv_and_as_parquet(enter: SignIn, tmp_path: Path) -> None:
    quentin = await enter("quentin")
    async with quentin.client.get(f"{HOME}/facts.csv?period=90") as response:
        assert response.content_type == "text/csv"
        rows = list(csv.DictReader(io.StringIO(await response.text())))
    async with quentin.client.get(f"{HOME}/facts.parquet?period=90") as response:
        assert response.status == 200, await response.text()
        (tmp_path / "facts.parquet").write_bytes(await response.read())
    table = pyarrow.parquet.read_table(tmp_path / "facts.parquet").to_pylist()
    assert len(rows) == len(table) == 2 * 120 * 3 + 1
    assert [row["id"] for row in rows] == [str(row["id"]) for row in table]
    assert {row["dimension"] for row in rows} == {"asked", "satisfaction", "late"}
    assert [float(row["value"]) for row in rows] == [row["value"] for row in table]


async def test_the_evidence_for_an_audit_has_indicators_actions_and_reviews(enter: SignIn) -> None:
    quentin = await enter("quentin")
    await quentin.open(f"{HOME}/files")
    today = datetime.now().date().isoformat()
    await quentin.send(f"{HOME}/reviews", held_on=today, present="Direction", decisions="Suivre les délais")
    assert "Suivre les délais" in quentin.page.words
    async with quentin.client.get(f"{HOME}/evidence.pdf?period=90") as response:
        assert response.status == 200, await response.text()
        reader = PdfReader(io.BytesIO(await response.read()))
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert "dossier de preuves" in text
    assert "Satisfaction 5,0" in text
    assert "Suivre les délais" in text
    assert reader.trailer["/Root"]["/Lang"] == "fr"  # type: ignore[index]
    assert "/StructTreeRoot" in reader.trailer["/Root"]  # type: ignore[operator]


async def test_results_are_nobodys_business_until_the_office_publishes_them(board: str) -> None:
    anybody = Colleague(board)
    for path in ("/results", "/results.json"):
        assert (await anybody.open(path)).status == 404
    await anybody.close()


@pytest.mark.parametrize("board", ["yes"], indirect=True)
async def test_published_results_are_a_page_and_an_open_feed(board: str) -> None:
    anybody = Colleague(board)
    page = await anybody.open("/results")
    assert page.status == 200
    assert "Nos résultats" in page.words
    assert "5,0" in page.words
    feed = await anybody.open("/results.json")
    assert feed.headers["Access-Control-Allow-Origin"] == "*"
    assert '"answered": 240' in feed.text
    await anybody.close()


async def test_requests_of_a_demonstration_are_shown_by_themselves_and_each_says_so(
    enter: SignIn, sqlite_url: str, tmp_path: Path, catalogue: Catalogue
) -> None:
    database, cipher = Database(sqlite_url), Cipher(read_keys("", tmp_path))
    await demo.fill(database, cipher, catalogue, now().date(), "Europe/Paris", days=45)
    await Totals(database, "Europe/Paris").refresh()
    lea = await enter("lea")
    await lea.open("/console/requests?state=all")
    assert "vous voyez les vraies demandes" in lea.page.words
    assert lea.page.links("/console/requests/GU-") == []
    shown = await lea.open("/console/requests?state=all&demo=1")
    assert "ces demandes et ces personnes sont inventées" in shown.words
    lines = shown.links("/console/requests/GU-")
    assert len(lines) == 50
    assert shown.text.count('<span class="chip">démonstration</span>') == len(lines)
    await lea.open(lines[0].replace("&amp;", "&"))
    assert "cette demande et cette personne sont inventées" in lea.page.words
    reference = lines[0].split("?")[0]
    await lea.send(f"{reference}/message", text="Bonjour")
    assert "Bonjour" in lea.page.words, "an agent can try everything on it"
    assert await Outbox(database).counts() == {}, "and nobody is written to"
    await database.close()
