"""The grid itself: each criterion on records made by hand, of which one knows what it must say."""

import pytest

from tests.mystery import grid
from tests.mystery.grid_words import is_courteous, leaves_a_way, offers_person, tells
from tests.mystery.score import reached
from tests.mystery.transcript import Exchange, Facts, Record, Reply, Shown
from tests.mystery.visit import Visit

PRICE = "Passeport — prix :\n86 € — C'est le prix en France."
SOURCE = {"title": "Passeport", "url": "https://www.service-public.gouv.fr/F1", "checked": "2026-11-22"}


def record(*replies: Reply, situation: str = "finding-out", deed: str = "say", **of_visit: object) -> Record:
    """Return a visit of as many messages as there are answers; `expect` is that of the first."""
    expect = of_visit.pop("expect", {})
    steps = [{"say": f"words {number}", "expect": expect if number == 0 else {}} for number in range(len(replies))]
    visit = Visit.model_validate(
        {"who": "Somebody", "wants": "something", "door": "api", "steps": steps, "name": f"{situation}/x", **of_visit}
    )
    exchanges = [Exchange(number, f"words {number}", deed, reply) for number, reply in enumerate(replies)]
    return Record(visit, exchanges)


def bot(text: str, *buttons: str, **more: object) -> Reply:
    return Reply([Shown("bot", text, list(buttons), language="fr")], **more)  # type: ignore[arg-type]


def test_the_right_facet_of_the_right_service() -> None:
    reply = bot(PRICE)
    assert tells(reply, "passport", ["price"])
    assert not tells(reply, "passport", ["delay"])
    assert not tells(reply, "passport", ["price", "delay"])
    assert not tells(reply, "identity-card", [])
    asked = {"service": "passport", "facets": ["price"]}
    assert grid.right_answer(record(reply, expect=asked)) == 1
    assert grid.right_answer(record(bot("Quelle démarche ?"), expect=asked)) == 0
    assert grid.right_answer(record(reply)) is None


def test_the_goal_is_missed_when_too_few_pass_or_one_criterion_is_low() -> None:
    answer = bot(PRICE, "Parler à une personne")
    good, bad = (record(answer, expect={"has": [price]}) for price in ("86 €", "17 €"))
    assert grid.failures(bad)
    assert reached([good] * 39 + [bad] * 1)
    assert not reached([good] * 9 + [bad] * 1)
    assert not reached([bad])


def test_a_step_that_was_never_reached_counts_as_missed() -> None:
    played = record(bot(PRICE), bot(PRICE), expect={"has": ["86 €"]})
    assert grid.facts_told(played) == 1
    played.exchanges = []
    assert grid.facts_told(played) == 0


def test_what_must_and_what_must_not_be_there() -> None:
    asked = {"has": ["86 €", "gratuit | en France"], "hasnt": ["42 €"]}
    assert grid.facts_told(record(bot(PRICE), expect=asked)) == 1
    assert grid.facts_told(record(bot("42 €"), expect=asked)) == 0


def test_a_source_has_an_address_and_a_day() -> None:
    asked = {"service": "passport"}
    assert grid.sourced(record(Reply([Shown("bot", PRICE, [], [SOURCE])]), expect=asked)) == 1
    undated = SOURCE | {"checked": ""}
    assert grid.sourced(record(Reply([Shown("bot", PRICE, [], [undated])]), expect=asked)) == 0


def test_more_messages_than_needed_cost_and_one_is_forgiven() -> None:
    replies = [bot(PRICE)] * 4
    assert grid.short(record(*replies, shortest=3)) == 1
    assert grid.short(record(*replies, shortest=2)) == pytest.approx(2 / 3)


def test_a_field_asked_again_after_its_answer_is_seen() -> None:
    again = [bot("Votre nom ?", asked="name"), bot("Votre nom ?", asked="name")]
    assert grid.asked_once(record(*again, deed="fill")) == 0
    onwards = [bot("Votre nom ?", asked="name"), bot("Votre âge ?", asked="age")]
    assert grid.asked_once(record(*onwards, deed="fill")) == 1


def test_a_way_on_and_a_way_to_a_person() -> None:
    assert leaves_a_way(bot("Voici.", "Prix"))
    assert leaves_a_way(bot("Appelez le 34 00."))
    assert not leaves_a_way(bot("C'est arrêté."))
    assert offers_person(bot("Que voulez-vous ?", "Parler à une personne"))
    assert not offers_person(bot("Je suis un programme informatique, pas une machine à café."))


@pytest.mark.parametrize(
    ("text", "courteous"),
    [
        ("Donnez votre date de naissance.", True),
        ("Exemple : « ta mère », écrit la personne.", True),
        ("Tu dois écrire ton nom.", False),
        ("Votre saisie est invalide.", False),
        ("Attention !!!", False),
    ],
)
def test_courtesy_says_vous_and_blames_nobody(text: str, courteous: bool) -> None:
    assert is_courteous(text) == courteous


def test_a_feeling_is_taken_up() -> None:
    assert grid.courtesy(record(bot("Je comprends votre colère."), feels=True)) == 1
    assert grid.courtesy(record(bot("Quelle démarche ?"), feels=True)) == 0.5
    assert grid.courtesy(record(bot("Quelle démarche ?"))) == 1


def test_nothing_personal_in_the_log() -> None:
    played = record(bot("Merci."), personal=["06 12 34 56 78"])
    assert grid.private(played) == 1
    played.facts = Facts(logged="appelez-moi au 06 12 34 56 78")
    assert grid.private(played) == 0
    assert grid.private(record(bot("Merci."))) is None


def test_what_must_be_filed_and_nothing_else() -> None:
    filed = {"service": "passport", "state": "filed", "filed_at": "2026-11-22", "reference": "GU-1"}
    played = record(bot("Merci."), ends={"requests": [{"service": "passport", "answers": {"name": "X"}}]})
    played.facts = Facts(requests=[filed], cases={"GU-1": {"answers": {"name": "X"}}})
    assert grid.done(played) == 1
    played.facts.cases["GU-1"]["answers"]["name"] = "Y"
    assert grid.done(played) is not None
    assert grid.done(played) < 1
    unasked = record(bot("Merci."))
    unasked.facts = Facts(requests=[filed])
    assert grid.done(unasked) < 1


def test_how_it_went_is_asked_once_in_a_moment() -> None:
    asked = bot("Comment cela s'est-il passé ? Répondre est facultatif.")
    turn = {"moment": "use", "intent": "track_request"}
    once, twice = record(asked), record(asked, asked)
    once.facts = twice.facts = Facts(turns=[turn])
    assert (grid.feedback_once(once), grid.feedback_once(twice)) == (1, 0)
    silent = record(bot("Votre demande est déposée."))
    silent.facts = Facts(requests=[{"filed_at": "2026-11-22"}], turns=[{"moment": "submission", "intent": None}])
    assert grid.feedback_once(silent) == 0


def test_a_visit_that_is_stuck_does_not_pass() -> None:
    played = record(bot("Bonjour, que voulez-vous ?", "Prix"))
    assert grid.failures(played) == []
    played.stuck = "no button"
    assert "stuck" in grid.failures(played)
