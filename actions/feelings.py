"""What the person feels, or cannot do alone, is taken up before what they ask is answered, in one or two sentences."""

import re

from actions.visit import Visit
from bot.words import fold

_WORRIED = re.compile(
    r"\b(?:inquiet|inquiete|inquiets|m'inquiete|j'ai peur|peur de|angoiss\w*|panique\w*|stress\w*|desespere\w*|"
    r"m'en sors (?:pas|plus)|sais plus quoi faire|worried|afraid|scared|panick\w*|anxious|desperate)\b"
)
_ANGRY = re.compile(
    r"\b(?:honte|honteux|scandale|scandaleux|inadmissible|inacceptable|marre|ras le bol|foutez|foutre|incapables|"
    r"putain|bordel|merde|n'importe quoi|disgrace|disgraceful|bloody|damn|"
    r"the hell|stupid|idiots?|debiles?|ridiculous|unacceptable|kidding me|fed up|outrageous)\b"
    r"|!!"
)
_ADULT = (
    r"(?:mari|femme|conjointe?|epou\w+|compagn\w+|(?:grand[- ]|beau[- ]|belle[- ])?(?:pere|mere|frere|soeur)s?|papa|"
    r"maman|parents?|oncle|tante|cousine?|neveu|niece|amie?|husband|wife|partner|(?:grand)?(?:father|mother)|dad|mum|mom|brother|"
    r"sister|uncle|aunt|friend)"
)
_RELATIVE = rf"(?:{_ADULT}|fils|fille|enfants?|bebe|son|daughter|child|children|baby)"
_GRIEVING = re.compile(
    # A phone may be dead as well, a child who is lost may be found, and a mother's passport too.
    rf"\b(?:mon|ma|mes|notre|nos|my|our) {_RELATIVE}\b[^.?!]{{0,30}}\b"
    r"(?:decedee?s?|morte?s?|mourir|died|dead|passed away)\b|"
    rf"\bdeces de (?:mon|ma|mes|notre|nos) {_RELATIVE}\b|"
    rf"\b(?:perdu|lost) (?:mon|ma|my) {_ADULT}\b(?!')"
)
_OFFLINE = re.compile(
    r"\b(?:(?:comprends|connais|sais) (?:rien|pas|plus) [^.?!]{0,25}\b(?:internet|ordinateur|informatique)|"
    r"pas (?:d'|l'|acces a )?(?:internet|ordinateur|a l'aise avec (?:internet|l'ordinateur|l'informatique))|"
    r"(?:no|without|don't have|do not have|can ?not use|can't use|not good with) (?:the )?(?:internet|computers?))\b"
)


def take_up(visit: Visit) -> None:
    """Say that grief, anger, worry or trouble with computers was heard, when no form is open."""
    if visit.loop is not None:
        return  # an answer to a form may hold any word
    words = fold(visit.text)
    if _GRIEVING.search(words):
        visit.say("utter_heard_grief")
    elif _ANGRY.search(words):
        visit.say("utter_heard_anger")
    elif _WORRIED.search(words):
        visit.say("utter_heard_worry")
    elif _OFFLINE.search(words):
        visit.say("utter_heard_offline")
