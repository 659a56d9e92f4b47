"""The whole demonstration: a made-up year, its actions, reviews and alerts; and how it is taken away again."""

from datetime import date, timedelta

from sqlalchemy import delete

from bot.catalogue.load import load_catalogue
from bot.db import Database
from bot.improvement.actions import Actions, Aim, State
from bot.improvement.alerts import Alerts
from bot.improvement.measure import score_of
from bot.improvement.reviews import Reviews
from bot.improvement.tables import ActionRow, AlertRow, ReviewRow
from bot.migrations import upgrade
from bot.privacy.encryption import open_cipher
from bot.satisfaction import demo
from bot.satisfaction.totals import Scope, Totals
from bot.satisfaction.verbatims_list import Verbatims
from bot.satisfaction.verbatims_read import read_new
from bot.settings import Settings

BY = "guichet demo"


async def fill(settings: Settings, today: date, days: int = demo.DAYS) -> str:
    """Make the demonstration of so many days up to the evening before a day; return what was made, in a sentence.

    Raises:
        Conflict: there is one already.
    """
    database = Database(settings.database)
    try:
        await upgrade(database)
        catalogue = load_catalogue(settings.catalogue_dir)
        cipher = open_cipher(settings)
        filled = await demo.fill(database, cipher, catalogue, today, settings.timezone, days=days)
        totals = Totals(database, settings.timezone)
        await totals.refresh()
        await read_new(database, settings.data_dir)
        await _acts(database, totals, settings.timezone, today)
        await Alerts(database, totals).look(today - timedelta(days=1), demo=True)
    finally:
        await database.close()
    return (
        f"{filled.facts} facts, {filled.opinions} opinions and {filled.requests} requests were made up. "
        "`guichet demo --remove` takes them away."
    )


async def remove(settings: Settings) -> str:
    """Take the demonstration away; return that it is, in a sentence."""
    database = Database(settings.database)
    try:
        await upgrade(database)
        await demo.remove(database)
        async with database.writing() as session:
            for table in (ActionRow, AlertRow, ReviewRow):
                await session.execute(delete(table).where(table.demo))
    finally:
        await database.close()
    return "The demonstration is gone; what is real was not touched."


async def _acts(database: Database, totals: Totals, zone: str, today: date) -> None:
    actions, verbatims = Actions(database), Verbatims(database, zone)

    async def plan(aim: Aim, planned: date, due: date, title: str, owner: str, hypothesis: str) -> int:
        # With the score and the words of the three months before, as one who plans it in the console has them.
        since = planned - timedelta(days=90)
        score = await score_of(totals, aim, since, planned, demo=True)
        scope = Scope(moment=aim.moment, service=aim.service, demo=True)
        causes = (await verbatims.page(scope, since, planned, tone="negative"))[:3]
        return await actions.plan(
            aim, title=title, owner=owner, hypothesis=hypothesis, due=due, by=BY, score=score.mean, answers=score.n,
            verbatims=[each.id for each in causes], demo=True,
        )  # fmt: skip

    done_on = today - timedelta(days=demo.CLEARER_SINCE)
    clearer = await plan(
        Aim("satisfaction", "", demo.BETTER),
        done_on - timedelta(days=10),
        done_on,
        "Réécrire les explications de l'acte de naissance",
        "Responsable de l'état civil",
        "Des phrases plus courtes et la liste des pièces en premier éviteront les questions répétées.",
    )
    await actions.step(clearer, State.DONE, BY, "Les nouvelles explications sont en ligne.", on=done_on)
    await plan(
        Aim("abandonment", "submission", ""),
        today,
        today + timedelta(days=20),
        "Dire pourquoi l'adresse est demandée",
        "Équipe du Guichet",
        "Les personnes quittent les formulaires à l'adresse : le dire avant la question en retiendra.",
    )
    await plan(
        Aim("late", "outcome", demo.WORSE),
        today,
        today - timedelta(days=4),
        "Renforcer l'équipe du stationnement",
        "Direction",
        "Deux personnes de plus ramèneront les réponses dans le délai annoncé.",
    )
    reviews = Reviews(database)
    for days, decisions in (
        (160, "Clarté de l'acte de naissance sous 8 : réécrire les explications, vérifier au bout de trois mois."),
        (70, "L'acte de naissance va mieux. Étudier pourquoi l'on quitte les formulaires à l'adresse."),
    ):
        await reviews.add(today - timedelta(days=days), "Direction, qualité, deux agents", decisions, BY, demo=True)
