"""The life of a request under random hands: what is refused changes nothing, and the chain always holds."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.db import Database
from bot.errors import Conflict, GuichetError
from bot.privacy.encryption import Cipher
from bot.requests.casework import Author, Casework
from bot.requests.events import Item, Kind, Problem, missing
from bot.requests.lifecycle import TRANSITIONS, Actor
from bot.requests.listing import count_states
from bot.requests.model import State
from bot.requests.store import RequestStore

ACTORS = st.sampled_from(Actor)
WORDS = st.sampled_from(["", "Une raison", "  "])


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whoever_does_whatever_the_rules_hold_and_the_chain_verifies(
    request: pytest.FixtureRequest, cipher: Cipher, kind: str
) -> None:
    url = request.getfixturevalue(f"{kind}_url")

    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.loop = asyncio.new_event_loop()
            self.database = Database(url, pool_size=1)
            self.requests = RequestStore(self.database, cipher)
            self.casework = Casework(self.database, cipher)
            self.reference = self.id = ""
            self.state = State.DRAFT
            self.events = 1
            self.asked: set[int] = set()

        def run(self, work: Any) -> Any:
            return self.loop.run_until_complete(work)

        def teardown(self) -> None:
            self.run(self.database.close())
            self.loop.close()

        @initialize()
        def begin(self) -> None:
            self.others = self.run(count_states(self.database))
            draft = self.run(self.requests.start("birth-certificate", "fr", "c1"))
            self.reference, self.id = draft.reference, draft.id

        @rule()
        def file(self) -> None:
            self.run(self.requests.file(self.id, 10))
            self._went(State.FILED if self.state is State.DRAFT else self.state)

        @rule(to=st.sampled_from(State), actor=ACTORS, reason=WORDS)
        def advance(self, to: State, actor: Actor, reason: str) -> None:
            rule_ = TRANSITIONS.get((self.state, to))
            allowed = rule_ is not None and actor in rule_.by and not (rule_.needs_reason and not reason.strip())
            try:
                self.run(self.casework.advance(self.reference, to, Author(actor), reason=reason))
                assert allowed
                assert to is not State.TO_COMPLETE
                self._went(to)
            except GuichetError:
                assert not allowed or to is State.TO_COMPLETE

        @rule(actor=ACTORS, count=st.integers(0, 3))
        def ask_completion(self, actor: Actor, count: int) -> None:
            items = [Item(Problem.MISSING, label=f"Pièce {number}") for number in range(count)]
            rule_ = TRANSITIONS.get((self.state, State.TO_COMPLETE))
            allowed = rule_ is not None and actor in rule_.by and count > 0
            try:
                self.run(self.casework.ask_completion(self.reference, Author(actor), items))
                assert allowed
                self._went(State.TO_COMPLETE)
                self.asked = set(range(count))
            except GuichetError:
                assert not allowed

        @rule(item=st.integers(0, 3))
        def complete(self, item: int) -> None:
            try:
                self.run(self.casework.complete(self.reference, item, "Voici"))
                assert item in self.asked
                self.asked.discard(item)
                self.events += 1
                if not self.asked:
                    self._went(State.EXAMINED)
            except Conflict:
                assert item not in self.asked

        @rule(actor=ACTORS)
        def write(self, actor: Actor) -> None:
            try:
                self.run(self.casework.send_message(self.reference, Author(actor), "Bonjour"))
                assert self.state is not State.DRAFT
                self.events += 1
            except Conflict:
                assert self.state is State.DRAFT

        @invariant()
        def what_is_kept_is_what_was_allowed(self) -> None:
            if not self.reference:
                return
            kept = self.run(self.requests.by_reference(self.reference))
            history = self.run(self.casework.history(self.reference))
            assert kept.state is self.state
            assert [event.number for event in history] == list(range(1, self.events + 1))
            assert set(missing(history)) == self.asked
            changes = [event for event in history if event.kind is Kind.STATE]
            for before, after in pairwise(changes):
                assert after.actor in TRANSITIONS[before.state, after.state].by
            counts = self.run(count_states(self.database))
            assert sum(counts.values()) == sum(self.others.values()) + 1
            assert counts[self.state] == self.others.get(self.state, 0) + 1
            assert self.run(self.casework.verify(self.reference)) == (1, [])

        def _went(self, state: State) -> None:
            if state is not self.state:
                self.events += 1
                self.asked = set()
            self.state = state

    # The same examples at every run; a database that makes the machine wait is no fault of it.
    chosen = settings(
        max_examples=8,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Life, settings=chosen)
