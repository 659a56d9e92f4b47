"""Who may take a request from which state to which, and what for."""

from itertools import product

import pytest

from bot.errors import Conflict, Unprocessable
from bot.requests.lifecycle import STATES, TRANSITIONS, Actor, check_transition, next_states
from bot.requests.model import State


@pytest.mark.parametrize(("before", "after"), product(State, State))
@pytest.mark.parametrize("actor", Actor)
def test_what_is_not_in_the_table_is_refused(before: State, after: State, actor: Actor) -> None:
    transition = TRANSITIONS.get((before, after))
    if transition is not None and actor in transition.by:
        check_transition(before, after, actor, "Une raison")
        return
    with pytest.raises(Conflict) as refused:
        check_transition(before, after, actor, "Une raison")
    assert refused.value.code == ("not-yours" if transition else "wrong-state")


@pytest.mark.parametrize("state", [State.ACCEPTED, State.REFUSED, State.CLOSED])
def test_a_decision_is_never_made_by_a_program_of_ours_nor_by_the_citizen(state: State) -> None:
    for before in State:
        assert state not in next_states(before, Actor.SYSTEM)
        assert state not in next_states(before, Actor.CITIZEN)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.EXAMINED, State.REFUSED),
        (State.FILED, State.CLOSED),
        (State.TO_COMPLETE, State.CLOSED),
        (State.REFUSED, State.EXAMINED),
    ],
)
@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_the_citizen_is_owed_a_reason(before: State, after: State, reason: str | None) -> None:
    with pytest.raises(Unprocessable) as refused:
        check_transition(before, after, Actor.AGENT, reason)
    assert refused.value.code == "reason-missing"


def test_a_citizen_may_withdraw_as_long_as_nothing_is_decided_and_nobody_may_for_them() -> None:
    open_states = {State.DRAFT, State.FILED, State.TO_COMPLETE, State.EXAMINED}
    assert {state for state in State if State.WITHDRAWN in next_states(state, Actor.CITIZEN)} == open_states
    for actor in (Actor.AGENT, Actor.OFFICE):
        assert not any(State.WITHDRAWN in next_states(state, actor) for state in State)


def test_nothing_comes_back_from_withdrawn() -> None:
    assert all(before is not State.WITHDRAWN for before, _ in TRANSITIONS)


def test_every_state_has_its_words_and_no_two_sound_the_same() -> None:
    for language in ("fr", "en"):
        words = [STATES[state][language] for state in State]
        assert len(set(words)) == len(words)
    assert "pas encore envoyée" in STATES[State.DRAFT].fr, "a draft never looks filed"
    assert "refus" not in STATES[State.WITHDRAWN].fr + STATES[State.CLOSED].fr
