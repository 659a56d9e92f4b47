"""Answers that reach a person: an e-mail address, a phone number."""

from datetime import date

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bot.catalogue.form import RequestField
from bot.requests.invalid import InvalidAnswer

FRENCH_REGIONS = ("FR", "GP", "GF", "MQ", "RE", "YT")
"""Where "0…" is a French number: each overseas department has a numbering plan of its own."""


def read_email(field: RequestField, text: str, today: date) -> str:
    """Return the first e-mail address of the text; whether its domain takes mail is not asked of anybody."""
    candidates = [part.strip("<>.,;") for part in text.split() if "@" in part]
    try:
        return validate_email(candidates[0], check_deliverability=False).normalized
    except (IndexError, EmailNotValidError):
        raise InvalidAnswer("email") from None


def read_phone(field: RequestField, text: str, today: date) -> str:
    """Return the first valid number of the text, as E.164 writes it (`+33612345678`)."""
    for region in FRENCH_REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
            return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    raise InvalidAnswer("phone")
