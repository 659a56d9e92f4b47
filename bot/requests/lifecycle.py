"""The life of a request: its states, who may take it from one to another, and what each is called. Pure rules."""

from dataclasses import dataclass
from enum import StrEnum

from bot.catalogue.model import Text
from bot.errors import Conflict, Unprocessable
from bot.requests.model import State


class Actor(StrEnum):
    """Who does something to a request.

    The office is its own software, through the HTTP API; the system is a job of ours, and it never decides: the
    citizen was promised that a person does.
    """

    CITIZEN = "citizen"
    AGENT = "agent"
    OFFICE = "office"
    SYSTEM = "system"


@dataclass(frozen=True)
class Transition:
    """A change of state that is possible.

    Attributes:
        by: who may make it.
        needs_reason: whether the citizen is owed a reason in words (CRPA L211-2 for refusals).
    """

    by: frozenset[Actor]
    needs_reason: bool = False


_STAFF = frozenset({Actor.AGENT, Actor.OFFICE})
_CITIZEN = frozenset({Actor.CITIZEN})

TRANSITIONS: dict[tuple[State, State], Transition] = {
    (State.DRAFT, State.FILED): Transition(_CITIZEN | {Actor.OFFICE}),
    (State.DRAFT, State.WITHDRAWN): Transition(_CITIZEN | {Actor.SYSTEM}),
    (State.FILED, State.EXAMINED): Transition(_STAFF),
    (State.FILED, State.TO_COMPLETE): Transition(_STAFF),
    (State.EXAMINED, State.TO_COMPLETE): Transition(_STAFF),
    # The citizen's last missing answer sends the request back to examination by itself.
    (State.TO_COMPLETE, State.EXAMINED): Transition(_STAFF | _CITIZEN),
    **{
        (state, decision): Transition(_STAFF, needs_reason=decision is not State.ACCEPTED)
        for state in (State.FILED, State.EXAMINED)
        for decision in (State.ACCEPTED, State.REFUSED, State.CLOSED)
    },
    (State.TO_COMPLETE, State.CLOSED): Transition(_STAFF, needs_reason=True),
    **{(state, State.WITHDRAWN): Transition(_CITIZEN) for state in (State.FILED, State.TO_COMPLETE, State.EXAMINED)},
    # After an appeal or a mistake of ours: the same request is opened again, and its citizen told why.
    **{
        (state, State.EXAMINED): Transition(_STAFF, needs_reason=True)
        for state in (State.ACCEPTED, State.REFUSED, State.CLOSED)
    },
}

STATES: dict[State, Text] = {
    State.DRAFT: Text(fr="brouillon, pas encore envoyée", en="draft, not sent yet"),
    State.FILED: Text(fr="déposée", en="filed"),
    State.TO_COMPLETE: Text(fr="à compléter", en="to be completed"),
    State.EXAMINED: Text(fr="en cours d'examen", en="under examination"),
    State.ACCEPTED: Text(fr="acceptée", en="accepted"),
    State.REFUSED: Text(fr="refusée", en="refused"),
    State.CLOSED: Text(fr="classée sans suite", en="closed without action"),
    State.WITHDRAWN: Text(fr="retirée à votre demande", en="withdrawn at your request"),
}
"""What the citizen reads for each state."""


def check_transition(before: State, after: State, actor: Actor, reason: str | None) -> None:
    """Refuse what may not be done.

    Args:
        before: where the request stands.
        after: where it is to go.
        actor: who asks.
        reason: the words for the citizen, if any.

    Raises:
        Conflict: there is no such transition from here (`wrong-state`), or it is not this actor's to make
            (`not-yours`).
        Unprocessable: a reason is owed and there is none (`reason-missing`).
    """
    transition = TRANSITIONS.get((before, after))
    if transition is None:
        possible = [str(state) for state in next_states(before, actor)]
        known = ", ".join(possible) or "nothing else"
        raise Conflict(
            f"A request that is {before} cannot become {after}; it can become: {known}.",
            code="wrong-state",
            state=str(before),
            possible=possible,
        )
    if actor not in transition.by:
        raise Conflict(f"It is not for the {actor} to make a request {after}.", code="not-yours", state=str(before))
    if transition.needs_reason and not (reason or "").strip():
        raise Unprocessable(
            f"Say why the request becomes {after}: the citizen reads it.", code="reason-missing", field="reason"
        )


def next_states(state: State, actor: Actor) -> list[State]:
    """Return the states to which an actor may take a request from here."""
    return [after for (before, after), each in TRANSITIONS.items() if before is state and actor in each.by]
