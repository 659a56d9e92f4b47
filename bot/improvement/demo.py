"""The whole demonstration: a made-up year, its actions, reviews and alerts; and how it is taken away again."""

from datetime import date, timedelta

from sqlalchemy import delete

from bot.catalogue.load import load_catalogue
from bot.db import Database
from bot.improvement.actions import Actions, Aim, State
from bot.improvement.alerts import Alerts
from bot.improvement.reviews import Reviews
from bot.improvement.tables import ActionRow, AlertRow, ReviewRow
from bot.migrations import upgrade
from bot.satisfaction import demo
from bot.satisfaction.totals import Totals
from bot.satisfaction.verbatims_read import read_new
from bot.settings import Settings

BY = "guichet demo"


async def fill(settings: Settings, today: date, days: int = demo.DAYS) -> str:
    """Make the demonstration of so many days up to a day; return what was made, in a sentence.

    Raises:
        Conflict: there is one already.
    """
    database = Database(settings.database)
    try:
        await upgrade(database)
        catalogue = load_catalogue(settings.catalogue_dir)
        facts, comments = await demo.fill(database, catalogue, today, settings.timezone, days=days)
        totals = Totals(database, settings.timezone)
        await totals.refresh()
        await read_new(database, settings.data_dir)
        await _acts(database, today)
        await Alerts(database, totals).look(today - timedelta(days=1), demo=True)
    finally:
        await database.close()
    return f"{facts} facts and {comments} opinions were made up. `guichet demo --remove` takes them away."


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


async def _acts(database: Database, today: date) -> None:
    actions = Actions(database)
    done_on = today - timedelta(days=demo.CLEARER_SINCE)
    clearer = await actions.plan(
        Aim("satisfaction", "", demo.BETTER),
        title="Réécrire les explications de l'acte de naissance",
        owner="Responsable de l'état civil",
        hypothesis="Des phrases plus courtes et la liste des pièces en premier éviteront les questions répétées.",
        due=done_on,
        by=BY,
        demo=True,
    )
    await actions.step(clearer, State.DONE, BY, "Les nouvelles explications sont en ligne.", on=done_on)
    await actions.plan(
        Aim("abandonment", "submission", ""),
        title="Accepter la photo du justificatif de domicile",
        owner="Équipe du Guichet",
        hypothesis="Les personnes quittent le formulaire au justificatif : une photo prise au téléphone suffira.",
        due=today + timedelta(days=20),
        by=BY,
        demo=True,
    )
    await actions.plan(
        Aim("late", "outcome", demo.WORSE),
        title="Renforcer l'équipe des aides au logement",
        owner="Direction",
        hypothesis="Deux personnes de plus ramèneront les réponses dans le délai annoncé.",
        due=today - timedelta(days=4),
        by=BY,
        demo=True,
    )
    reviews = Reviews(database)
    for days, decisions in (
        (160, "Clarté de l'acte de naissance sous 8 : réécrire les explications, vérifier au bout de trois mois."),
        (70, "L'acte de naissance va mieux. Étudier les abandons au justificatif de domicile."),
    ):
        await reviews.add(today - timedelta(days=days), "Direction, qualité, deux agents", decisions, BY, demo=True)
