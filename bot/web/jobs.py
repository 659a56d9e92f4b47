"""The work that comes back in the gateway: one line for each job."""

from dataclasses import replace
from datetime import timedelta

from aiohttp import web

from bot.conversations.reminders import Reminders
from bot.jobs import Job
from bot.learning.harvest import Harvest
from bot.logs import numbered
from bot.privacy.retention import Retention
from bot.rights import purge
from bot.satisfaction.gather import Gathering
from bot.satisfaction.journey import Journeys
from bot.web.alerts import read_verbatims, watch_satisfaction
from bot.web.console.keys import (
    ACCOUNTS,
    DESK_WATCH,
    LOGOUTS,
    SAME_CONTACT,
    SAMPLES,
    SESSIONS,
    SHADOW,
    TOTALS,
    TRAINING,
)
from bot.web.keys import ASSISTANT, CATALOGUE, DATABASE, DELIVERY, FILES, HOLDINGS, HUB, METRICS, SETTINGS
from bot.web.metrics import Metrics


def jobs(app: web.Application) -> list[Job]:
    """Return the jobs of the gateway, once the stores of `app` are open."""
    return [_counted(job, app[METRICS]) for job in _jobs(app)]


def _counted(job: Job, metrics: Metrics) -> Job:
    """Return a job whose runs are counted, each with a number of its own in the log."""

    async def run() -> str:
        with numbered():
            try:
                done = await job.run()
            except Exception:
                metrics.job(job.name, done=False)
                raise
            metrics.job(job.name, done=True)
            return done

    return replace(job, run=run)


def _jobs(app: web.Application) -> list[Job]:
    reminders = Reminders(app[DATABASE], app[ASSISTANT], app[HUB].ring)
    return [
        Job("files", timedelta(hours=1), app[FILES].sweep),
        harvest_job(app),
        Job("learned-file", timedelta(hours=1), app[TRAINING].forget),
        Job("late-handoffs", timedelta(seconds=20), app[DESK_WATCH].warn_late),
        Job("logout-tokens", timedelta(hours=1), app[LOGOUTS].forget),
        Job("login-failures", timedelta(hours=1), app[ACCOUNTS].failures.forget),
        Job("lost-talks", timedelta(seconds=20), app[DESK_WATCH].give_back_lost),
        Job("notifications", timedelta(seconds=2), app[DELIVERY].run),
        Job("journeys", timedelta(minutes=10), Journeys(app[DATABASE], app[CATALOGUE]).note),
        purge_job(app),
        Job("recontacts", timedelta(hours=1), app[HOLDINGS].contacts.gather),
        Job("reminders", timedelta(seconds=5), reminders.run),
        Job("retrain", timedelta(hours=1), app[TRAINING].start_when_due),
        Job("same-contact", timedelta(seconds=30), app[SAME_CONTACT].note_new),
        Job("samples", timedelta(hours=1), app[SAMPLES].draw),
        Job("satisfaction-alerts", timedelta(hours=6), watch_satisfaction(app)),
        Job("satisfaction-totals", timedelta(seconds=30), app[TOTALS].refresh),
        Job("verbatims", timedelta(minutes=30), read_verbatims(app)),
        Job("sessions", timedelta(hours=1), app[SESSIONS].forget),
        Job("shadow", timedelta(minutes=15), app[SHADOW].listen),
        Job("signals", timedelta(minutes=5), Gathering(app[DATABASE], app[CATALOGUE]).run),
        Job("training", timedelta(seconds=2), app[TRAINING].take),
    ]


def harvest_job(app: web.Application) -> Job:
    """Return the job that brings what the assistant did not know into the inbox of the trainers."""
    harvest = Harvest.of(app[SETTINGS], app[DATABASE])

    async def bring_in() -> str:
        return (await harvest.run()).said

    return Job("harvest", timedelta(minutes=10), bring_in)


def purge_job(app: web.Application) -> Job:
    """Return the job that removes every day what is older than its kind may be."""
    retention = Retention.of(app[SETTINGS])

    async def remove_what_is_too_old() -> str:
        return purge.said(await purge.purge(app[HOLDINGS], retention))

    return Job("purge", timedelta(days=1), remove_what_is_too_old)
