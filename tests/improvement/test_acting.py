"""Actions, failure modes, alerts and reviews, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.catalogue.load import Catalogue
from bot.conversations.model import Moment
from bot.db import Database, now
from bot.errors import Conflict, NotFound, Unprocessable
from bot.improvement.actions import Actions, Aim, State
from bot.improvement.alerts import Alerts
from bot.improvement.alerts_mail import compose
from bot.improvement.before_after import Verdict
from bot.improvement.failure_modes import FailureModes, Judgement, modes, occurrence_grade, register
from bot.improvement.measure import WATCHABLE, check_of, score_of
from bot.improvement.reviews import Reviews
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.totals import Cell, Totals

TODAY = date(2026, 11, 22)
AIM = Aim("satisfaction", "", "passport")


def said(day: date, value: float, **more: object) -> Fact:
    """A note of a citizen."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    whose = (Kind.ANSWER, Side.CITIZEN, Moment.OUTCOME, "passport", None, "widget", "fr", "satisfaction")
    return Fact(at, *whose, value, "0-10", **more)  # type: ignore[arg-type]


async def plan(actions: Actions, **more: object) -> int:
    """An action."""
    words = {"title": "Écrire plus clair", "owner": "Léa", "hypothesis": "On comprendra mieux."} | more
    return await actions.plan(AIM, due=TODAY, by="quentin", **words)  # type: ignore[arg-type]


async def test_an_action_goes_from_plan_to_what_was_decided_and_keeps_its_story(database: Database) -> None:
    actions = Actions(database)
    number = await plan(actions, score=6.5, answers=80)
    await actions.step(number, State.DONE, "lea", "En ligne.", on=TODAY)
    await actions.note(number, "quentin", "Appelez le 06 12 34 56 78")
    await actions.step(number, State.KEPT, "quentin")
    action = await actions.get(number)
    assert (action.state, action.done_on, action.score, action.answers) == (State.KEPT, TODAY, 6.5, 80)
    story = await actions.notes(number)
    assert [each.state for each in story] == ["planned", "done", "done", "kept"]
    assert "34 56" not in story[2].text, "what looks personal is masked"


async def test_an_action_skips_no_step_and_says_who_why_and_what(database: Database) -> None:
    actions = Actions(database)
    number = await plan(actions)
    with pytest.raises(Conflict):
        await actions.step(number, State.KEPT, "lea")
    with pytest.raises(Unprocessable):
        await plan(actions, owner=" ")
    with pytest.raises(NotFound):
        await actions.get(number + 1)


async def test_what_should_be_done_is_late_after_its_day_and_only_until_it_is_done(database: Database) -> None:
    actions = Actions(database)
    number = await plan(actions)
    assert not (await actions.get(number)).late(TODAY)
    assert (await actions.get(number)).late(TODAY + timedelta(days=1))
    await actions.step(number, State.DONE, "lea", on=TODAY)
    assert not (await actions.get(number)).late(TODAY + timedelta(days=1))


async def test_before_and_after_are_compared_once_an_action_is_done(database: Database) -> None:
    done, totals, actions = TODAY - timedelta(days=30), Totals(database, "Europe/Paris"), Actions(database)
    number = await plan(actions)
    assert await check_of(totals, await actions.get(number), TODAY) is None
    before = [said(done - timedelta(days=1 + each % 60), (0.0, 5.0, 10.0)[each % 3]) for each in range(90)]
    after = [said(done + timedelta(days=1 + each % 20), (5.0, 10.0, 10.0)[each % 3]) for each in range(60)]
    of_the_day, made_up = said(done, 0.0), said(done - timedelta(days=2), 0.0, demo=True)
    await FactStore(database).append([*before, *after, of_the_day, made_up])
    await totals.refresh()
    await actions.step(number, State.DONE, "lea", on=done)
    check = await check_of(totals, await actions.get(number), TODAY)
    assert check is not None
    assert (check.verdict, check.before.n, check.after.n) == (Verdict.BETTER, 90, 60)
    await actions.keep_check(number, check)
    assert (await actions.get(number)).verdict == "better"
    assert (await score_of(totals, AIM, done, TODAY)).n == 61


def cells(**counts: tuple[float, int]) -> list[Cell]:
    """Signals, each with its sum and its number."""
    return [Cell("citizen", "signal", "", "", name, "count", n, total, total) for name, (total, n) in counts.items()]


def test_the_priority_is_the_product_of_three_grades_of_which_one_is_measured() -> None:
    lines = {
        each.mode.id: each for each in register(cells(late=(3, 40), correction=(9, 6), step_filed=(60, 60)), {}, "fr")
    }
    late = lines["late"]
    assert (late.rate, late.occurrence) == (0.075, 9)
    assert late.priority == late.severity * 9 * late.detection
    assert lines["sent-back"].rate == 0.1, "six requests of sixty were sent back, whatever their count says"
    assert lines["abandoned"].priority is None, "what was never measured has no priority"


def test_the_register_begins_with_the_greatest_priority_and_takes_the_judgement_of_the_office() -> None:
    counted = cells(late=(3, 40), fallback=(50, 100), distress=(1, 2000))
    priorities = [each.priority or 0 for each in register(counted, {}, "fr")]
    assert priorities == sorted(priorities, reverse=True)
    judged = register(counted, {"late": Judgement(10, 10, "à la main")}, "fr")[0]
    assert (judged.mode.id, judged.priority, judged.control) == ("late", 900, "à la main")


@pytest.mark.parametrize(
    ("rate", "grade"),
    [(0.5, 10), (0.1, 10), (0.099, 9), (0.02, 8), (0.01, 7), (0.002, 6), (0.0005, 5), (1e-9, 2), (0, 1)],
)
def test_grades_of_occurrence_are_those_of_the_manual(rate: float, grade: int) -> None:
    assert occurrence_grade(rate) == grade


def test_every_mode_is_said_in_both_languages() -> None:
    for mode in modes().values():
        assert all(set(words) == {"fr", "en"} for words in (mode.name, mode.effect, mode.control)), mode.id
        assert all(1 <= each <= 10 for each in (mode.severity, mode.detection)), mode.id


async def test_a_judgement_replaces_the_one_before(database: Database) -> None:
    store = FailureModes(database)
    await store.judge("late", Judgement(3, 4, "a"), "quentin")
    await store.judge("late", Judgement(5, 6, "b"), "ada")
    assert await store.judged() == {"late": Judgement(5, 6, "b")}
    with pytest.raises(Unprocessable):
        await store.judge("late", Judgement(11, 1, ""), "ada")
    with pytest.raises(NotFound):
        await store.judge("moon", Judgement(1, 1, ""), "ada")


async def fallen(database: Database, *, demo: bool = False) -> Totals:
    """Four months of good notes, of which the last week is bad."""
    facts = []
    for before in range(112):
        notes = (0.0, 0.0, 5.0, 10.0) if before < 7 else (10.0, 10.0, 10.0, 5.0)
        facts += [said(TODAY - timedelta(days=before), note, demo=demo) for note in notes * 3]
    await FactStore(database).append(facts)
    totals = Totals(database, "Europe/Paris")
    await totals.refresh()
    return totals


async def test_an_alert_is_told_once_and_closes_when_the_figure_came_back(database: Database) -> None:
    alerts = Alerts(database, await fallen(database))
    await alerts.look(TODAY)
    rang = await alerts.open()
    assert {(each.aim.service, each.rises) for each in rang} == {("", False), ("passport", False)}
    assert all((each.since, round(each.usual, 2)) == (TODAY - timedelta(days=6), 8.75) for each in rang)
    assert await alerts.look(TODAY) == "", "what rings does not ring again"
    assert len(await alerts.untold()) == 2
    await alerts.told([each.id for each in rang])
    assert await alerts.untold() == []
    await FactStore(database).append([said(TODAY + timedelta(days=1 + each // 12), 10.0) for each in range(240)])
    await alerts._totals.refresh()
    await alerts.look(TODAY + timedelta(days=20))
    assert [each.aim for each in await alerts.open() if not each.rises] == []


async def test_a_moment_rings_by_itself_when_the_others_hide_it(database: Database) -> None:
    facts = []
    for before in range(112):
        at = TODAY - timedelta(days=before)
        facts += [replace(said(at, note), moment=Moment.INFORMATION) for note in (10.0, 0.0, 5.0, 10.0) * 10]
        facts += [said(at, note) for note in ((0.0, 0.0, 5.0, 5.0) if before < 7 else (10.0, 10.0, 10.0, 5.0))]
    await FactStore(database).append(facts)
    totals = Totals(database, "Europe/Paris")
    await totals.refresh()
    alerts = Alerts(database, totals)
    await alerts.look(TODAY)
    assert [(each.aim, each.rises) for each in await alerts.open()] == [(Aim("satisfaction", "outcome", ""), False)]


async def test_what_somebody_took_note_of_does_not_ring_again(database: Database) -> None:
    alerts = Alerts(database, await fallen(database))
    await alerts.look(TODAY)
    for each in await alerts.open():
        await alerts.close(each.id, "quentin")
    assert await alerts.look(TODAY) == ""
    assert [each.closed_by for each in await alerts.past()] == ["quentin"] * 2
    with pytest.raises(NotFound):
        await alerts.close(1, "quentin")


async def test_a_demonstration_rings_in_the_console_and_is_never_told(database: Database) -> None:
    alerts = Alerts(database, await fallen(database, demo=True))
    await alerts.look(TODAY)
    assert await alerts.open() == []
    await alerts.look(TODAY, demo=True)
    assert len(await alerts.open(demo=True)) == 2
    assert await alerts.untold() == []


async def test_one_e_mail_tells_all_alerts_grouped(database: Database, catalogue: Catalogue) -> None:
    alerts = Alerts(database, await fallen(database))
    await alerts.look(TODAY)
    notice = compose(await alerts.open(), catalogue, "https://guichet.example", lambda aim: aim.dimension.upper())
    assert "2 mesure" in notice.subject
    assert notice.paragraphs[0].startswith("Toutes les démarches — SATISFACTION : 3,75")
    assert catalogue.services["passport"].title["fr"] in notice.paragraphs[1]
    assert "https://guichet.example/console/satisfaction/alerts" in notice.paragraphs[2]


async def test_reviews_are_kept_the_latest_first_and_say_what_was_decided(database: Database) -> None:
    reviews = Reviews(database)
    await reviews.add(TODAY - timedelta(days=90), "Direction", "Voir les délais.", "ada")
    await reviews.add(TODAY, "Direction", "Continuer.", "ada")
    await reviews.add(TODAY, "Personne", "Inventé.", "ada", demo=True)
    assert [each.decisions for each in await reviews.all(demo=False)] == ["Continuer.", "Voir les délais."]
    with pytest.raises(Unprocessable):
        await reviews.add(TODAY, "Direction", "  ", "ada")
    assert now() >= (await reviews.all(demo=False))[0].at


def test_what_an_action_may_aim_at_has_no_double() -> None:
    assert len(WATCHABLE) == len(set(WATCHABLE))
