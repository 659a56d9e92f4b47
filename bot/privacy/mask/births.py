"""Finder of the dates of birth that are said to be such; any other date stays, it is part of the question."""

import re

from bot.privacy.mask.folded import Rule
from bot.privacy.mask.words import MONTH, NUMBER_WORD

_WORDS = rf"(?:{NUMBER_WORD}|cents?|mil(?:le)?)(?:[ -](?:et[ -])?(?:{NUMBER_WORD}|cents?|mil(?:le)?)\b){{0,9}}+"
_YEAR = r"(?:(?:19|20)\d\d|'?\d\d)(?!\d)"
_DAY = rf"(?:\d{{1,2}} ?(?:er|eme|e|st|nd|rd|th)?|premier|{_WORDS})(?: of)?"
_DATE = "|".join(
    (
        r"\d{1,2}[ ./-]{1,3}\d{1,2}[ ./-]{1,3}(?:\d{4}|\d\d)(?!\d)",  # 03/02/1985
        r"(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}",  # 1985-02-03
        r"\d{8}(?!\d)",  # 03021985
        rf"{_DAY}[ ./-](?:{MONTH})\b\.?(?:[ ,./-]{{1,2}}(?:{_YEAR}|{_WORDS}))?",  # 3 février 1985, le 22 septembre
        rf"(?:{MONTH}) \d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,? {_YEAR})?",  # March 3, 1985
        rf"(?:{MONTH})\b\.?[ /]{_YEAR}",  # mars 87
        r"\d{1,2}[/.-](?:19|20)\d\d",  # 03/1985
        r"(?:19|20)\d\d(?!\d)",  # 1985
    )
)
# "né à Lyon le", "née en Algérie en": the place has no verb, or the date is that of something else.
_PLACE_WORD = r"(?!(?:j|je|il|elle|on|et|suis|est|ai|a|arrivee?|entree?)\b)(?:[a-z'-]+|\(\d{2,5}\)|\d{1,2}e(?:me)?)"
_PLACE = rf"(?: (?:a|au|aux|en|dans)(?: {_PLACE_WORD}){{1,5}}?,?(?= (?:le|en) ))?"
_CUE = "|".join(
    (
        rf"\bnee?s?(?: ?\( ?e ?\)| ?[./-] ?e\b)?(?: ?\( ?s ?\))?{_PLACE}",
        r"\bdates? de naiss(?:ance)?(?: de (?:mon|ma|mes|notre|son|sa) [a-z-]+)?|\bnaissance ?:",
        r"\bddn|\bdob|\bborn(?: in [a-z]+(?= on ))?|\bdate of birth|\bbirth ?date|\bbirthday|\bmon anniversaire",
    )
)
_THEN = (
    r"(?:[ :,.=]{1,3}|\b(?:le|la|l'|en|un|une|the|on|in|est|c'est|is|was|au|hier|ce matin|prematurement|nuit|"
    r"du|annee|dimanche|lundi|mardi|mercredi|jeudi|vendredi|samedi|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday)\b){1,8}\n?"
)
BIRTH_DATE = Rule("date de naissance", re.compile(f"(?:{_CUE}){_THEN}(?P<it>{_DATE})"))
