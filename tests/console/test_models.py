"""Models in the console: cards, runs, both models side by side, judging, promoting and going back; no scripts."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.accounts.audit import AuditTrail
from bot.accounts.store import AccountStore
from bot.conversations.tables import TurnRow
from bot.db import Database, now
from bot.learning.comparison import Comparison, Loss
from bot.learning.examples import ExampleStore
from bot.learning.models import current_model
from bot.learning.runs import RunState, RunStore
from bot.learning.runs_tables import RunRow
from bot.privacy.encryption import Cipher, read_keys
from tests.console.colleague import Colleague
from tests.console.conftest import PASSWORD, Office, _people, with_accounts
from tests.learning.workshop import CHAMPION, SAME, change, make_model
from tests.rights.citizen import Office as Citizens

CHALLENGER = "challenger.tar.gz"
SignIn = Callable[[str], Awaitable[Colleague]]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A gateway with models of its own and nothing to measure them on."""
    folder = tmp_path_factory.mktemp("workplace")
    (folder / "models").mkdir()
    running = Office(
        folder,
        models_dir=folder / "models",
        evaluation_dir=folder / "nothing",
        learned_file=folder / "learned.yml",
    )
    with_accounts(running, _people)
    asyncio.run(_learn(running))
    running.start()
    yield running
    running.stop()


async def _learn(office: Office) -> None:
    # A card keeps the words of an example only as long as the example is known.
    database = Database(f"sqlite+aiosqlite:///{office.data_dir / 'guichet.db'}")
    await ExampleStore(database).accept("c'est combien", "ask_price", language="fr", by="tess")
    await database.close()


@pytest.fixture
async def database(workplace: Office) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{workplace.data_dir / 'guichet.db'}")
    yield database
    await database.close()


@pytest.fixture
def models(workplace: Office) -> Path:
    """The folder, with a champion that serves and a challenger."""
    folder = workplace.data_dir / "models"
    for path in folder.iterdir():
        path.unlink()
    make_model(folder, CHAMPION)
    make_model(folder, CHALLENGER, run=1, learned=12, changed=["+ c'est combien: ask_price"])
    (folder / "current").write_text(CHAMPION + "\n")
    return folder


@pytest.fixture
async def sign_in(workplace: Office) -> AsyncIterator[SignIn]:
    browsers: list[Colleague] = []

    async def work(name: str) -> Colleague:
        browsers.append(Colleague(workplace.url))
        await browsers[-1].sign_in(name, PASSWORD)
        return browsers[-1]

    yield work
    for each in browsers:
        await each.close()


async def evaluated(database: Database, comparison: Comparison) -> int:
    """Store a run that has ended with a comparison, as the runner leaves it."""
    values = {
        **{"active": None, "state": RunState.EVALUATED, "asked_by": "tess", "asked_at": now(), "cancelled": False},
        **{"done": 1.0, "project": "p", "checksum": "c", "champion": CHAMPION, "challenger": CHALLENGER, "error": ""},
        "report": {
            "learned": 12,
            "findings": [{"kind": "contradiction", "text": "et là ?", "intents": ["greet", "ask_what"], "detail": ""}],
            "comparison": comparison.wire(),
        },
    }
    async with database.writing() as session:
        result = await session.execute(insert(RunRow).values(values))
        return int(result.inserted_primary_key[0])


async def test_a_trainer_judges_what_changes_promotes_and_an_admin_goes_back(
    sign_in: SignIn, database: Database, workplace: Office, models: Path
) -> None:
    cipher = Cipher(read_keys("", workplace.data_dir))
    citizens = Citizens(database, cipher, workplace.data_dir)
    talk = await citizens.talk()
    async with database.reading() as session:
        turn = (await session.scalars(select(TurnRow.id).where(TurnRow.conversation_id == talk))).one()
    better = replace(SAME, accuracy=0.95, macro_f1=0.94)
    run = await evaluated(database, Comparison(SAME, better, (Loss("ask_price", -0.04, -0.08, 0.0),)))
    await RunStore(database).keep_changes(run, [change(turn, 7)])

    tess = await sign_in("tess")
    page = await tess.open("/admin/models")
    assert CHAMPION in page.words
    assert "12 exemples acceptés" in page.words
    assert "+ c'est combien : Connaître le prix" in page.words
    page = await tess.open(f"/admin/models/runs/{run}")
    for said in (
        "Des messages attendent votre jugement",
        "95,0 %",
        "ma demande de naissance",
        "Écrit 7 fois",
        "deux sens",
    ):
        assert said in page.words
    refused = await tess.send("/admin/models/promote", model=CHALLENGER)
    assert refused.status == 409
    assert "Seule une personne qui administre" in refused.words

    page = await tess.open(f"/admin/models/runs/{run}")
    number = str((await RunStore(database).changes(run))[0].id)
    page = await tess.send(f"/admin/models/runs/{run}/judge", change=number, judgement="right")
    assert "Jugé juste (tess)" in page.words
    assert "peut être mis en service" in page.words
    page = await tess.send("/admin/models/promote", model=CHALLENGER)
    assert "en service au prochain démarrage" in page.words, "no engine runs here"
    assert current_model(models).name == CHALLENGER

    ada = await sign_in("ada")
    await ada.open("/admin/models")
    stale = await ada.send("/admin/models/rollback", serving=CHAMPION)
    assert stale.status == 409
    assert "quelqu'un a mis un autre modèle" in stale.words
    await ada.open("/admin/models")
    await ada.send("/admin/models/rollback", serving=CHALLENGER)
    assert current_model(models).name == CHAMPION
    trail = AuditTrail(database, cipher)
    assert [(each.account, each.action) for each in await trail.entries(object_id=CHALLENGER)] == [("tess", "promoted")]
    assert [(each.account, each.action) for each in await trail.entries(object_id=CHAMPION)] == [("ada", "rolled-back")]


async def test_what_the_challenger_heard_otherwise_is_shown_with_how_often(
    sign_in: SignIn, database: Database, workplace: Office, models: Path
) -> None:
    citizens = Citizens(database, Cipher(read_keys("", workplace.data_dir)), workplace.data_dir)
    talk = await citizens.talk()
    async with database.reading() as session:
        turn = (await session.scalars(select(TurnRow.id).where(TurnRow.conversation_id == talk))).one()
    run = await evaluated(database, Comparison(SAME, SAME))
    tess = await sign_in("tess")
    page = await tess.open(f"/admin/models/runs/{run}")
    assert "À l'écoute" not in page.words, "nothing was heard yet"
    async with database.writing() as session:
        await RunStore(database).add_changes(session, run, [change(turn, 2)], live=True)
        await session.execute(update(RunRow).where(RunRow.id == run).values(heard=8))
    page = await tess.open(f"/admin/models/runs/{run}")
    assert "8 messages, dont 2 compris autrement (25,0 %)" in page.words
    assert "ma demande de naissance" in page.words
    assert "Messages réels compris autrement : 0" in page.words, "they are not among those to judge"


async def test_a_refused_model_is_promoted_by_an_admin_who_writes_why(
    sign_in: SignIn, database: Database, workplace: Office, models: Path
) -> None:
    run = await evaluated(database, Comparison(SAME, replace(SAME, broken=("je veux mourir",))))
    ada = await sign_in("ada")
    page = await ada.open(f"/admin/models/runs/{run}")
    assert "est refusé" in page.words
    assert "« je veux mourir »" in page.words
    assert (await ada.send("/admin/models/promote", model=CHALLENGER, reason="bof")).status == 409
    await ada.open(f"/admin/models/runs/{run}")
    await ada.send("/admin/models/promote", model=CHALLENGER, reason="essai convenu avec la mairie")
    assert current_model(models).name == CHALLENGER
    trail = AccountStore(database, Cipher(read_keys("", workplace.data_dir))).trail
    assert (await trail.entries(object_id=CHALLENGER))[0].detail == "against the gate: essai convenu avec la mairie"


async def test_a_run_is_started_followed_live_and_its_failure_is_told(
    sign_in: SignIn, database: Database, models: Path
) -> None:
    tess = await sign_in("tess")
    await tess.open("/admin/models")
    assert (await tess.send("/admin/models/runs")).status == 422
    await tess.open("/admin/models")
    page = await tess.send("/admin/models/runs", start="yes")
    assert "L'entraînement est demandé" in page.words
    again = await tess.send("/admin/models/runs", start="yes")
    run = (await RunStore(database).runs(1))[0]
    assert again.status == 409 or not run.active
    async with tess.client.get("/admin/models/events") as stream:
        told = (await stream.read()).decode()
    assert told.endswith("event: over\ndata: {}\n\n")
    run = await RunStore(database).get(run.id)
    assert run.state is RunState.FAILED
    page = await tess.open(f"/admin/models/runs/{run.id}")
    assert "GUICHET_EVALUATION_DIR" in page.words
    assert current_model(models).name == CHAMPION


async def test_what_a_run_would_learn_is_shown_before_it_with_what_is_left_out(
    sign_in: SignIn, database: Database, workplace: Office, models: Path
) -> None:
    cases = workplace.data_dir / "nothing"
    tess = await sign_in("tess")
    page = await tess.open("/admin/models/examples")
    assert page.status == 500, "without cases no run would start either"
    assert "GUICHET_EVALUATION_DIR" in page.words
    cases.mkdir()
    try:
        for name in ("frozen.jsonl", "never_break.jsonl"):
            (cases / name).write_text('{"text": "Quel est le prix ?", "intent": "ask_price", "service": null}\n')
        store = ExampleStore(database)
        await store.accept("et pour la trottinette électrique", "ask_how", "passport", language="fr", by="tess")
        await store.accept("quel est le prix", "ask_price", language="fr", by="tess")
        page = await tess.open("/admin/models/examples")
    finally:
        shutil.rmtree(cases)
    assert "2 exemples acceptés seraient appris" in page.words
    assert "+ et pour la trottinette électrique : Savoir comment faire (" in page.words
    assert "+ quel est le prix" not in page.words
    assert "écarté : phrase du jeu d'essai" in page.words


@pytest.mark.parametrize("fields", [{}, {"change": "x", "judgement": "right"}, {"change": "1", "judgement": "maybe"}])
async def test_a_judgement_that_says_nothing_is_refused(
    sign_in: SignIn, database: Database, models: Path, fields: dict[str, str]
) -> None:
    run = await evaluated(database, Comparison(SAME, SAME))
    tess = await sign_in("tess")
    await tess.open(f"/admin/models/runs/{run}")
    assert (await tess.send(f"/admin/models/runs/{run}/judge", **fields)).status == 422
    assert (await tess.open("/admin/models/runs/999999")).status == 404
