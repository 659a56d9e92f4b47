"""A training run from beginning to end: what it leaves, what it refuses, and what becomes of it when something dies."""

import asyncio
from collections import namedtuple
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.conversations.tables import TurnRow
from bot.db import Database, now
from bot.errors import Conflict, Failed, NotFound
from bot.jobs import Job, Scheduler
from bot.learning import runner as running
from bot.learning.comparison import Change
from bot.learning.examples import Source
from bot.learning.gate import Verdict
from bot.learning.inbox import Inbox
from bot.learning.models import ERASED, current_model, read_card
from bot.learning.nlu_file import read_nlu
from bot.learning.runs import RunState, RunStore
from bot.learning.runs_tables import RunRow
from bot.privacy.encryption import Cipher
from bot.rights.erasure import erase
from bot.web.training import Training
from tests.learning.log import Log
from tests.learning.workshop import CHAMPION, SAME, Workshop, change, make_model
from tests.rights.citizen import Office


async def turn_of(database: Database, conversation_id: str) -> int:
    async with database.reading() as session:
        return (await session.scalars(select(TurnRow.id).where(TurnRow.conversation_id == conversation_id))).one()


async def test_a_run_trains_compares_and_leaves_the_champion_in_service(workshop: Workshop) -> None:
    await workshop.accept()
    run = await workshop.run("lea")
    assert (run.state, run.active, run.champion, run.error) == (RunState.EVALUATED, False, CHAMPION, "")
    assert [each["step"] for each in workshop.steps.asked] == ["train", "compare"]
    assert workshop.steps.asked[1]["newer"] == ["c'est combien"], "the champion is older than this example"
    assert current_model(workshop.models).name == CHAMPION
    assert [each.text for each in read_nlu(workshop.settings.learned_file)] == ["c'est combien"]
    card = read_card(workshop.models / run.challenger)
    assert (card.run, card.data, card.project, card.learned, card.by) == (run.id, run.checksum, run.project, 1, "lea")
    assert card.changed == ["+ c'est combien: ask_price"]
    assert card.metrics["macro_f1"] == SAME.macro_f1
    assert (await workshop.runs.decision(run)).verdict is Verdict.PASSED
    assert (await workshop.runs.of_challenger(run.challenger)) == run


async def test_a_run_begins_with_what_the_log_has_that_is_new(
    workshop: Workshop, database: Database, cipher: Cipher, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Log(database, cipher).talk(("ma trottinette est à la fourrière", "?", 0.3), at=now() - timedelta(hours=2))
    seen = []
    step = RunStore.step

    async def note(store: RunStore, run_id: int, holder: str, **values: object) -> bool:
        seen.append(values.get("state"))
        return await step(store, run_id, holder, **values)

    monkeypatch.setattr(RunStore, "step", note)
    run = await workshop.run()
    assert [each for each in seen if each] == [
        *(RunState.HARVESTING, RunState.PREPARING, RunState.TRAINING, RunState.EVALUATING),
        RunState.EVALUATED,
    ]
    assert run.report["harvested"] == 1
    waiting = await Inbox(database).next("tess", None)
    assert waiting is not None
    assert waiting.messages[0].text == "ma trottinette est à la fourrière"
    assert (await workshop.run()).report["harvested"] == 0, "a message comes in once"


async def test_nothing_changed_means_nothing_trained(workshop: Workshop) -> None:
    await workshop.accept()
    first = await workshop.run()
    workshop.serve(first.challenger)
    second = await workshop.run()
    assert second.state is RunState.UNCHANGED
    assert len(workshop.steps.asked) == 2, "those of the first run"
    await workshop.accept("combien ça coûte")
    assert (await workshop.run()).state is RunState.EVALUATED


async def test_what_contradicts_or_is_unknown_is_reported_and_not_trained_on(workshop: Workshop) -> None:
    await workshop.accept("Salut", "ask_price")
    await workshop.accept("quel est le prix", "ask_price")
    await workshop.accept("au revoir", "farewell")
    await workshop.accept("c'est cher ?")
    run = await workshop.run()
    assert [each.text for each in read_nlu(workshop.settings.learned_file)] == ["c'est cher ?"]
    kinds = {each["text"]: each["kind"] for each in run.report["findings"] if each["text"]}
    assert kinds == {"Salut": "contradiction", "quel est le prix": "frozen", "au revoir": "unknown-intent"}


async def test_two_admins_at_once_get_one_run_and_a_clear_word(workshop: Workshop) -> None:
    asked = await asyncio.gather(workshop.runs.ask("lea"), workshop.runs.ask("sam"), return_exceptions=True)
    refused = [each for each in asked if isinstance(each, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], Conflict)
    assert refused[0].code == "run-under-way"


async def test_two_processes_do_not_do_the_same_run(workshop: Workshop) -> None:
    await workshop.runs.ask("lea")
    done = await asyncio.gather(workshop.runner().run_waiting(), workshop.runner().run_waiting())
    assert sum(each is not None for each in done) == 1
    assert await workshop.runner().run_waiting() is None


async def test_a_run_that_was_asked_for_is_done_once_by_two_gateways(workshop: Workshop, database: Database) -> None:
    await workshop.accept()
    await workshop.runs.ask("lea")
    gateways = [Training(workshop.settings, database) for _ in range(2)]
    for each in gateways:
        each._runner = workshop.runner()
    # Each looks every two seconds, at its own times: here all at once, and again while the run goes on.
    jobs = [Scheduler(database, [Job("training", timedelta(0), each.take)]) for each in gateways]
    workshop.steps.waits = asyncio.Event()
    await asyncio.gather(*(each.run_due() for each in jobs * 2))
    await workshop.steps.begun.wait()
    await asyncio.gather(*(each.run_due() for each in jobs * 2))
    workshop.steps.waits.set()
    async with asyncio.timeout(30):
        while (await workshop.runs.runs())[0].state is not RunState.EVALUATED:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    for each in gateways:
        await each.close()
    assert [each["step"] for each in workshop.steps.asked] == ["train", "compare"]


async def test_a_run_whose_process_died_is_taken_up_and_what_was_trained_is_not_trained_again(
    workshop: Workshop, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await workshop.accept()
    await workshop.runs.ask("lea")

    async def die(*_: object) -> None:
        raise asyncio.CancelledError

    first = workshop.runner()
    monkeypatch.setattr(first.store, "last_messages", die)
    with pytest.raises(asyncio.CancelledError):
        await first.run_waiting()
    assert (await workshop.runs.runs())[0].state is RunState.EVALUATING
    assert await workshop.runner().run_waiting() is None, "the lease has not run out"
    async with database.writing() as session:
        await session.execute(update(RunRow).values(leased_until=now() - timedelta(seconds=1)))
    run = await workshop.runner().run_waiting()
    assert run is not None
    assert run.state is RunState.EVALUATED
    assert [each["step"] for each in workshop.steps.asked] == ["train", "compare"]


async def test_a_cancelled_run_ends_soon_and_leaves_no_model(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "HEARTBEAT", 0.02)
    workshop.steps.waits = asyncio.Event()
    run = await workshop.runs.ask("lea")
    doing = asyncio.create_task(workshop.runner().run_waiting())
    await asyncio.wait_for(workshop.steps.begun.wait(), 20)
    make_model(workshop.models, (await workshop.runs.get(run.id)).challenger)
    await workshop.runs.cancel(run.id)
    ended = await asyncio.wait_for(doing, 20)
    assert (ended.state, ended.active) == (RunState.CANCELLED, False)
    assert [path.name for path in workshop.models.glob("*.tar.gz")] == [CHAMPION]
    assert (await workshop.runs.ask("sam")).state is RunState.QUEUED, "the way is free"


async def test_a_training_that_fails_says_why_and_leaves_no_model(workshop: Workshop) -> None:
    workshop.steps.fails = Failed("train: No space left on device.")
    run = await workshop.run()
    assert (run.state, run.error) == (RunState.FAILED, "train: No space left on device.")
    assert [path.name for path in workshop.models.glob("*.tar.gz")] == [CHAMPION]
    assert current_model(workshop.models).name == CHAMPION


async def test_a_full_disk_is_noticed_before_the_training(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")(10, 9, 1)
    monkeypatch.setattr(running.shutil, "disk_usage", lambda path: usage)
    run = await workshop.run()
    assert run.state is RunState.FAILED
    assert "make room" in run.error
    assert workshop.steps.asked == []


async def test_a_learned_file_that_cannot_be_written_is_said_with_its_setting(workshop: Workshop) -> None:
    await workshop.accept()
    workshop.settings.learned_file.mkdir(parents=True)
    run = await workshop.run()
    assert run.state is RunState.FAILED
    assert "learned.yml" in run.error
    assert workshop.steps.asked == []


async def test_an_intent_renamed_while_a_run_goes_on_discards_the_model(workshop: Workshop) -> None:
    await workshop.accept()
    workshop.steps.meanwhile = lambda: workshop.intents("ask_cost", "greet")
    run = await workshop.run()
    assert run.state is RunState.FAILED
    assert "changed while the model was trained" in run.error
    assert [path.name for path in workshop.models.glob("*.tar.gz")] == [CHAMPION]
    workshop.steps.meanwhile = None
    again = await workshop.run()
    assert again.state is RunState.EVALUATED
    assert [each["kind"] for each in again.report["findings"] if each["text"]] == ["unknown-intent"]


async def test_a_broken_training_file_stops_the_run_with_its_name_and_line(workshop: Workshop) -> None:
    (workshop.project / "data/nlu/broken.yml").write_text("nlu:\n- intent: [\n")
    run = await workshop.run()
    assert run.state is RunState.FAILED
    assert "broken.yml, line 3" in run.error
    assert workshop.steps.asked == []


async def test_without_cases_to_measure_on_no_model_is_trained(workshop: Workshop) -> None:
    (workshop.settings.evaluation_dir / "never_break.jsonl").unlink()
    run = await workshop.run()
    assert run.state is RunState.FAILED
    assert "GUICHET_EVALUATION_DIR" in run.error


async def test_the_messages_that_change_are_judged_one_by_one_and_decide(
    workshop: Workshop, database: Database, cipher: Cipher, tmp_path: Path
) -> None:
    office = Office(database, cipher, tmp_path / "office")
    talks = [await office.talk(), await office.talk()]
    turns = [await turn_of(database, each) for each in talks]
    workshop.steps.changes = [change(turns[0], 3), change(turns[1], 1), change(999_999)]
    run = await workshop.run()
    asked = workshop.steps.asked[1]["messages"]
    assert [(count, text) for _, count, text in asked] == [(2, "ma demande de naissance")]
    changed = await workshop.runs.changes(run.id)
    assert [(each.text, each.count, each.after.service) for each in changed] == [
        ("ma demande de naissance", 3, "passport"),
        ("ma demande de naissance", 1, "passport"),
    ]
    assert (await workshop.runs.decision(run)).verdict is Verdict.TO_JUDGE
    for each in changed:
        await workshop.runs.judge(run.id, each.id, True, "sam")
    assert (await workshop.runs.decision(run)).verdict is Verdict.PASSED
    await workshop.runs.judge(run.id, changed[0].id, False, "sam")
    assert (await workshop.runs.decision(run)).verdict is Verdict.REFUSED
    await workshop.runs.judge(run.id, changed[0].id, None, "sam")
    assert (await workshop.runs.decision(run)).left_to_judge == 1
    with pytest.raises(NotFound):
        await workshop.runs.judge(run.id + 1, changed[0].id, True, "sam")


async def test_an_erased_conversation_takes_its_messages_out_of_the_comparison(
    workshop: Workshop, database: Database, cipher: Cipher, tmp_path: Path
) -> None:
    office = Office(database, cipher, tmp_path / "office")
    talk = await office.talk()
    workshop.steps.changes = [change(await turn_of(database, talk))]
    run = await workshop.run()
    assert len(await workshop.runs.changes(run.id)) == 1
    await erase(office.holdings, talk)
    assert await workshop.runs.changes(run.id) == []


async def test_a_worse_challenger_is_refused_by_the_gate(workshop: Workshop) -> None:
    workshop.steps.challenger = replace(SAME, broken=("je veux mourir",))
    run = await workshop.run()
    assert (await workshop.runs.decision(run)).verdict is Verdict.REFUSED


async def test_what_is_withdrawn_or_renamed_leaves_the_file_without_a_run(workshop: Workshop) -> None:
    for text, intent in (("c'est combien", "ask_price"), ("c'est cher ?", "ask_price"), ("coucou", "greet")):
        await workshop.accept(text, intent)
    await workshop.run()
    gone = next(each for each in await workshop.examples.all() if each.text == "c'est cher ?")
    await workshop.examples.withdraw(gone.id, "sam")
    await workshop.accept("combien tout compris")
    workshop.intents("ask_price", "hello")
    assert await workshop.runner().forget_withdrawn() == 2
    assert [each.text for each in read_nlu(workshop.settings.learned_file)] == ["c'est combien"]
    assert await workshop.runner().forget_withdrawn() == 0


async def test_the_words_of_an_erased_example_leave_the_cards_and_the_remarks(
    workshop: Workshop, database: Database, cipher: Cipher, tmp_path: Path
) -> None:
    office = Office(database, cipher, tmp_path / "office")
    talk = await office.talk()
    source = Source(talk, await turn_of(database, talk))
    await workshop.examples.accept("ma tata combien", "ask_price", language="fr", by="lea", sources=[source])
    await workshop.examples.accept("Salut", "ask_price", language="fr", by="lea", sources=[source])
    await workshop.accept("c'est combien : tout ?")
    run = await workshop.run()
    await erase(office.holdings, talk)
    await workshop.runner().forget_withdrawn()
    assert read_card(workshop.models / run.challenger).changed == ["+ c'est combien : tout ?: ask_price", ERASED]
    findings = (await workshop.runs.get(run.id)).report["findings"]
    assert [each["text"] for each in findings if each["kind"] == "contradiction"] == ["[…]"]


def test_a_change_is_the_same_after_its_way_through_json() -> None:
    one = change(3, 2)
    assert Change.of(asdict(one)) == one
    assert isinstance(one, Change)
