"""What the person feels is taken up before what they ask is answered: once in a conversation, in one short sentence."""

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


def take_up(visit: Visit) -> None:
    """Say that worry or anger was heard, when the message speaks of it and no form is open."""
    if visit.loop is not None:
        return  # an answer to a form may hold any word
    words = fold(visit.text)
    if _ANGRY.search(words):
        visit.say("utter_heard_anger")
    elif _WORRIED.search(words):
        visit.say("utter_heard_worry")
