"""The agents' side: once a month, the eight dimensions as an agent lives them (symétrie des attentions).

Who answered is remembered for the month, so that nobody answers twice; what they said is facts without an account, of
the first instant of the month, so that neither an hour nor an order leads to anybody.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from bot.accounts.model import Account
from bot.catalogue.model import Text
from bot.db import Database, now
from bot.errors import Conflict
from bot.satisfaction.dimensions import DIMENSIONS
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.facts_tables import AgentAnswerRow
from bot.satisfaction.questionnaire import AGREEMENT, FIVE

QUESTIONS: dict[str, Text] = {
    "autonomy": Text(fr="J'ai pu décider seul·e de ce qui m'incombe.", en="I could decide what is mine to decide."),
    "environment": Text(fr="Mes outils et mon lieu de travail m'ont aidé·e.", en="My tools and workplace helped me."),
    "ease": Text(fr="J'ai pu adapter ma réponse à chaque situation.", en="I could adapt my answer to each situation."),
    "trust": Text(fr="On me fait confiance.", en="I am trusted."),
    "consideration": Text(fr="Mon travail est pris en considération.", en="My work is taken into consideration."),
    "value": Text(fr="Mon travail a été utile aux usagers.", en="My work was useful to citizens."),
    "listening": Text(fr="On m'écoute quand je signale un problème.", en="I am heard when I report a problem."),
    "courtesy": Text(fr="Les échanges ont été courtois.", en="People were courteous to me."),
}
"""What is asked of each dimension; the answers go from 1 to 5 like those of citizens."""
GRADES = tuple(Text(fr=fr, en=en) for fr, en in AGREEMENT)


class AgentSurveys:
    """The monthly questionnaire.

    Args:
        database: where the answers go.
        zone: in which months begin.
    """

    def __init__(self, database: Database, zone: str) -> None:
        self._database = database
        self._zone = ZoneInfo(zone)
        self._facts = FactStore(database)

    async def is_open(self, account: Account) -> bool:
        """Return whether an account has not answered this month."""
        query = select(AgentAnswerRow).filter_by(account_id=account.id, month=self._month())
        async with self._database.reading() as session:
            return (await session.execute(query)).first() is None

    async def answer(self, account: Account, grades: Mapping[str, int]) -> None:
        """Store the answers of this month.

        Args:
            account: who answers; only that it did is kept, and its administration when it has a single one.
            grades: from 1 to 5 by dimension; what was passed is not in it.

        Raises:
            Conflict: it answered already this month.
        """
        month = self._month()
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=self._zone)
        office = account.administrations[0] if len(account.administrations) == 1 else None
        facts = [
            Fact(
                first, Kind.ANSWER, Side.AGENT, "", None, office, "console", account.language, name, float(grade), FIVE
            )
            for name, grade in grades.items()
            if name in {definition.id for definition in DIMENSIONS} and 1 <= grade <= len(GRADES)
        ]
        try:
            async with self._database.writing() as session:
                # That they answered in earlier months is of no use any more.
                earlier = (AgentAnswerRow.account_id == account.id, AgentAnswerRow.month < month)
                await session.execute(delete(AgentAnswerRow).where(*earlier))
                await session.execute(insert(AgentAnswerRow).values(account_id=account.id, month=month))
                await self._facts.add(session, facts)
        except IntegrityError:
            raise Conflict("You have answered this month already.", code="already-answered-month") from None

    def _month(self) -> str:
        return f"{now().astimezone(self._zone):%Y-%m}"
