"""Putting a model in service and going back: who may, what is checked first, and what the trail says afterwards."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.accounts.audit import AuditTrail
from bot.db import Database
from bot.engine import follow as following
from bot.errors import Conflict, Failed, Misconfigured, NotFound
from bot.learning import promotion
from bot.learning.desk import ModelDesk
from bot.learning.gate import Decision, Verdict
from bot.learning.models import Card, code_digest, current_model, read_card, write_card
from bot.privacy.encryption import Cipher
from tests.learning.workshop import CHAMPION, SAME, Workshop, make_model

REASON = "le champion ignore la nouvelle aide"


class Engine:
    """An engine without Rasa: it takes any archive but the one named `corrupt`."""

    def __init__(self, model: str) -> None:
        self.model = model

    async def load(self, archive: Path) -> None:
        if archive.name == "corrupt.tar.gz":
            raise Misconfigured(f"The model {archive.name} cannot be used.", code="bad-model")
        self.model = archive.name


@pytest.fixture
async def engine(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """An engine that serves the champion and follows the pointer."""
    monkeypatch.setattr(following, "EVERY", 0.01)
    workshop.serve(CHAMPION)
    engine = Engine(CHAMPION)
    task = asyncio.create_task(following.follow(engine, workshop.models))
    while promotion.answered(workshop.models) is None:  # noqa: ASYNC110 - a file, not an event
        await asyncio.sleep(0.01)
    yield engine
    task.cancel()


@pytest.fixture
def trail(database: Database, cipher: Cipher) -> AuditTrail:
    return AuditTrail(database, cipher)


@pytest.fixture
def desk(workshop: Workshop, trail: AuditTrail) -> ModelDesk:
    return ModelDesk(workshop.models, workshop.database, trail)


async def told(trail: AuditTrail) -> list[tuple[str, str, str]]:
    return [(each.account, each.action, each.detail) for each in reversed(await trail.entries())]


async def test_a_model_that_passed_is_promoted_by_a_trainer_and_can_be_taken_back(
    workshop: Workshop, engine: Engine, desk: ModelDesk, trail: AuditTrail
) -> None:
    run = await workshop.run()
    assert await desk.promote(run.challenger, "tess", admin=False) is True
    assert engine.model == current_model(workshop.models).name == run.challenger
    assert (workshop.models / CHAMPION).is_file(), "the old one is kept"
    assert await desk.rollback("ada") == (CHAMPION, True)
    assert engine.model == current_model(workshop.models).name == CHAMPION
    assert await told(trail) == [("tess", "promoted", "the gate passed it"), ("ada", "rolled-back", "")]


async def test_a_refused_model_needs_an_admin_and_a_written_reason(
    workshop: Workshop, engine: Engine, desk: ModelDesk, trail: AuditTrail
) -> None:
    workshop.steps.challenger = replace(SAME, calibration=0.4)
    name = (await workshop.run()).challenger
    for admin, reason in ((False, REASON), (True, ""), (True, "  bof  ")):
        with pytest.raises(Conflict) as caught:
            await desk.promote(name, "tess", admin=admin, reason=reason)
        assert caught.value.code == "gate-refuses"
    assert engine.model == CHAMPION
    assert await told(trail) == []
    await desk.promote(name, "ada", admin=True, reason=REASON)
    assert engine.model == name
    assert await told(trail) == [("ada", "promoted", f"against the gate: {REASON}")]


async def test_a_model_that_no_run_compared_counts_as_refused(workshop: Workshop, desk: ModelDesk) -> None:
    workshop.serve(CHAMPION)
    make_model(workshop.models, "by-hand.tar.gz")
    with pytest.raises(Conflict, match="not compared"):
        await desk.promote("by-hand.tar.gz", "tess", admin=False)


@pytest.mark.parametrize("verdict", [Verdict.REFUSED, Verdict.TO_JUDGE])
def test_a_model_that_waits_for_judgement_is_not_promoted_either(verdict: Verdict) -> None:
    with pytest.raises(Conflict):
        promotion.check_right(Decision(verdict), admin=False, reason="")
    promotion.check_right(Decision(Verdict.PASSED), admin=False, reason="")


async def test_an_archive_that_was_changed_since_its_training_is_refused(
    workshop: Workshop, engine: Engine, desk: ModelDesk
) -> None:
    archive = make_model(workshop.models, "other.tar.gz")
    archive.write_bytes(archive.read_bytes()[:-3])
    with pytest.raises(Misconfigured, match="damaged"):
        await desk.promote(archive.name, "ada", admin=True, reason=REASON)
    assert engine.model == current_model(workshop.models).name == CHAMPION


async def test_an_archive_of_another_version_is_refused(workshop: Workshop, engine: Engine, desk: ModelDesk) -> None:
    archive = make_model(workshop.models, "other.tar.gz", code="0123456789abcdef")
    with pytest.raises(Misconfigured, match="another version"):
        await desk.promote(archive.name, "ada", admin=True, reason=REASON)
    assert engine.model == CHAMPION


@pytest.mark.parametrize("name", ["missing.tar.gz", "../champion.tar.gz"])
async def test_what_is_no_model_of_the_folder_is_refused(workshop: Workshop, desk: ModelDesk, name: str) -> None:
    with pytest.raises(NotFound):
        await desk.promote(name, "ada", admin=True, reason=REASON)


async def test_what_the_engine_cannot_load_leaves_the_old_one_in_service_and_for_the_next_start(
    workshop: Workshop, engine: Engine, desk: ModelDesk, trail: AuditTrail
) -> None:
    bad = make_model(workshop.models, "corrupt.tar.gz")
    for _ in range(2):
        with pytest.raises(Misconfigured, match=f"{CHAMPION} stays in service"):
            await desk.promote(bad.name, "ada", admin=True, reason=REASON)
        assert engine.model == current_model(workshop.models).name == CHAMPION
    assert [action for _, action, _ in await told(trail)] == ["promoted", "not-in-service"] * 2
    with pytest.raises(Conflict, match="no model to go back to"):
        await desk.rollback("ada")  # what was refused never served


async def test_of_two_admins_who_promote_at_once_the_first_is_told_that_another_was_wanted(
    workshop: Workshop, engine: Engine, desk: ModelDesk
) -> None:
    names = [make_model(workshop.models, f"{name}.tar.gz").name for name in ("first", "second")]
    said = await asyncio.gather(
        *(desk.promote(name, "ada", admin=True, reason=REASON) for name in names), return_exceptions=True
    )
    serving = engine.model
    assert serving == current_model(workshop.models).name
    assert said[names.index(serving)] is True
    other = said[1 - names.index(serving)]
    assert other is True or (isinstance(other, Conflict) and other.code == "model-changed"), "served, or told"


async def test_a_promotion_that_was_overtaken_does_not_wait_for_an_engine_that_serves_another(
    workshop: Workshop, engine: Engine
) -> None:
    names = [make_model(workshop.models, f"{name}.tar.gz").name for name in ("first", "second")]
    for name in names:
        promotion.put_in_service(workshop.models, name)
    with pytest.raises(Conflict, match="another model in service meanwhile"):
        await promotion.wait_in_service(workshop.models, names[0])
    assert await promotion.wait_in_service(workshop.models, names[1]) is True


async def test_of_two_rollbacks_of_the_same_model_the_second_is_told(
    workshop: Workshop, engine: Engine, desk: ModelDesk
) -> None:
    for name in ("second.tar.gz", "third.tar.gz"):
        make_model(workshop.models, name)
        await desk.promote(name, "ada", admin=True, reason=REASON)
    said = await asyncio.gather(
        *(desk.rollback(name, "third.tar.gz") for name in ("ada", "sam")), return_exceptions=True
    )
    assert sum(isinstance(each, Conflict) for each in said) == 1
    assert engine.model == current_model(workshop.models).name == "second.tar.gz"


@pytest.mark.parametrize("name", [".history", ".current"])
async def test_a_folder_that_cannot_be_written_is_said_and_the_model_in_service_stays(
    workshop: Workshop, engine: Engine, desk: ModelDesk, name: str
) -> None:
    (workshop.models / name).mkdir()
    other = make_model(workshop.models, "other.tar.gz").name
    with pytest.raises(Failed, match="The model in service stays"):
        await desk.promote(other, "ada", admin=True, reason=REASON)
    assert engine.model == current_model(workshop.models).name == CHAMPION
    (workshop.models / name).rmdir()
    assert await desk.promote(other, "ada", admin=True, reason=REASON) is True, "once it is mended"


async def test_an_engine_that_cannot_say_what_it_serves_follows_all_the_same(
    workshop: Workshop, engine: Engine
) -> None:
    silent = workshop.models / f".in-service.{os.getpid()}"
    silent.mkdir()
    first, second = (make_model(workshop.models, f"{name}.tar.gz").name for name in ("first", "second"))
    promotion.put_in_service(workshop.models, first)
    while engine.model != first:  # noqa: ASYNC110 - a file, not an event
        await asyncio.sleep(0.01)
    silent.rmdir()
    promotion.put_in_service(workshop.models, second)
    assert await promotion.wait_in_service(workshop.models, second) is True


async def test_without_an_engine_a_promotion_counts_from_the_next_start(workshop: Workshop, desk: ModelDesk) -> None:
    workshop.serve(CHAMPION)
    other = make_model(workshop.models, "other.tar.gz")
    assert await desk.promote(other.name, "ada", admin=True, reason=REASON) is False
    dead = {"wanted": CHAMPION, "serving": CHAMPION, "error": "", "pid": 2**22 + 1}
    (workshop.models / "in-service").write_text(json.dumps(dead))
    assert await desk.rollback("ada") == (CHAMPION, False)
    assert current_model(workshop.models).name == CHAMPION


async def test_going_back_goes_one_further_each_time_until_there_is_none(workshop: Workshop, desk: ModelDesk) -> None:
    workshop.serve(CHAMPION)
    for name in ("second.tar.gz", "third.tar.gz"):
        make_model(workshop.models, name)
        await desk.promote(name, "ada", admin=True, reason=REASON)
    assert (await desk.rollback("ada"))[0] == "second.tar.gz"
    assert (await desk.rollback("ada"))[0] == CHAMPION
    with pytest.raises(Conflict, match="no model to go back to"):
        await desk.rollback("ada")


def test_a_card_of_an_older_version_and_one_of_a_newer_are_both_read(tmp_path: Path) -> None:
    archive = tmp_path / "m.tar.gz"
    card = tmp_path / "m.card.json"
    card.write_text('{"code": "c", "trained_at": "t", "seconds": 1.5}')
    assert read_card(archive) == Card("c", "t", 1.5)
    card.write_text('{"code": "c", "trained_at": "t", "seconds": 1.5, "invented_later": 3}')
    assert read_card(archive) == Card("c", "t", 1.5)
    for broken in ("[]", "{}", "no json", '{"code": "c"}'):
        card.write_text(broken)
        with pytest.raises(Misconfigured):
            read_card(archive)
    whole = Card(code_digest(), "t", 1.5, "a", 3, "d", "p", 4, "lea", {"macro_f1": 0.9}, ["+ x: y"])
    write_card(archive, whole)
    assert read_card(archive) == whole
