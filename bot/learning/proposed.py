"""Meanings that people proposed and no intent has: what was said of each, and what makes an intent of it.

A person who trains decides: it is a meaning that exists after all, and all its messages get that one; or the assistant
is to learn it. The second needs an answer and a rule, which are files of the project: `recipe` writes them out, and
once they are installed the first way gives the new intent its examples.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from bot.db import Database
from bot.errors import NotFound
from bot.learning.inbox import labels_of, may_see
from bot.learning.inbox_model import Decision, State, standing
from bot.learning.inbox_tables import GroupRow, InboxMessageRow, LabelRow, ProposedIntentRow
from bot.learning.inbox_text import key_of
from bot.words import fold

LEAST = 10
"""Examples under which an intent is seldom found again: the limit of the remark `too-few` (`bot.learning.reports`)."""


@dataclass(frozen=True)
class Proposal:
    """A meaning that was proposed.

    Attributes:
        groups: the groups that mean this.
        people: conversations in which it was said.
        said: what was said, each wording once, the most frequent first.
    """

    id: int
    name: str
    by: str
    at: datetime
    groups: list[int] = field(default_factory=list)
    people: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def intent(self) -> str:
        """A name for the intent, as the files write them."""
        return "_".join(re.findall(r"[a-z0-9]+", fold(self.name)))[:50] or "new_intent"

    @property
    def recipe(self) -> list[tuple[str, str]]:
        """The files to change, and what is to be added to each; the answers are for a person to write."""
        name, intent = self.name.replace('"', "'"), self.intent
        quoted = "".join(f"    - {text}\n" for text in self.said)
        return [
            ("domain.yml, intents:", f"  - {intent}\n"),
            (
                "domain.yml, responses:",
                f"  utter_{intent}:\n    - condition: [{{type: slot, name: language, value: en}}]\n"
                '      text: "…"\n    - text: "…"\n',
            ),
            (
                "data/rules/conversation.yml",
                f"  - rule: {intent}\n    steps:\n      - intent: {intent}\n      - action: utter_{intent}\n",
            ),
            (
                "bot/learning/intent_names.yml",
                f'  {intent}:\n    - ["{name}", "…"]\n    - ["…", "…"]\n',
            ),
            ("data/nlu/conversation.yml", f"- intent: {intent}\n  examples: |\n{quoted}"),
        ]


async def proposals(database: Database, services: Sequence[str] | None) -> list[Proposal]:
    """Return what was proposed and still stands, that of most people first.

    Args:
        database: where the inbox is.
        services: those that the reader may read about; None for all.
    """
    async with database.reading() as session:
        found = {row.id: Proposal(row.id, row.name, row.by, row.at) for row in await session.scalars(_ALL)}
        labelled = (
            select(GroupRow.id)
            .where(GroupRow.state == State.LABELLED, may_see(services), GroupRow.id.in_(_NEW))
            .order_by(GroupRow.id)
        )
        for number in list(await session.scalars(labelled)):
            answer = standing(await labels_of(session, number)).answer
            if answer is not None and answer.decision == Decision.NEW and answer.proposed_id in found:
                found[answer.proposed_id].groups.append(number)
        told = []
        for each in found.values():
            rows = select(InboxMessageRow).where(InboxMessageRow.group_id.in_(each.groups)).order_by(InboxMessageRow.id)
            messages = list(await session.scalars(rows)) if each.groups else []
            if messages:
                told.append(_with(each, messages))
    return sorted(told, key=lambda each: (-each.people, each.name))


async def proposal(database: Database, number: int, services: Sequence[str] | None) -> Proposal:
    """Return one of them.

    Raises:
        NotFound: it was not proposed, or nothing means it any longer.
    """
    found = next((each for each in await proposals(database, services) if each.id == number), None)
    if found is None:
        raise NotFound("Nothing means this any longer.", code="unknown-proposal")
    return found


_ALL = select(ProposedIntentRow).order_by(ProposedIntentRow.id)
_NEW = select(LabelRow.group_id).where(LabelRow.decision == Decision.NEW, LabelRow.undone_at.is_(None))


def _with(each: Proposal, messages: Sequence[InboxMessageRow]) -> Proposal:
    first: dict[str, str] = {}
    for message in messages:
        first.setdefault(key_of(message.text), message.text)
    often = Counter(key_of(message.text) for message in messages)
    said = [first[key] for key, _ in often.most_common()]
    people = len({message.conversation_id for message in messages})
    return Proposal(each.id, each.name, each.by, each.at, each.groups, people, said)
