"""The clock of the office: times are stored in UTC and shown as they are in France."""

from datetime import date, datetime

# `zoneinfo` needs the files of the system, which a small container has not; dateutil brings its own.
from dateutil.tz import gettz

OFFICE_ZONE = gettz("Europe/Paris")


def local_day(at: datetime) -> date:
    """Return the day of a time, at the office."""
    return at.astimezone(OFFICE_ZONE).date()
