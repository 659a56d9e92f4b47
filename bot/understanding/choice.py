"""Which reading of a message is answered: that of the whole, that of one of its clauses, or that of what it holds."""

from collections.abc import Sequence

from bot.requests.reference import find_reference

Ranking = list[tuple[str, float]]
TRACKING = "track_request"
OPENED_OTHERWISE = {TRACKING, "resume_request", "talk_to_person", "distress"}
"""Intents that a reference in the message does not change: each of them knows what to do with it."""
AROUND = {"greet", "goodbye", "thank", "affirm", "deny", "inform", "insult", "off_topic", "ask_bot"}
"""Intents that surround what people come for: in a message of several clauses, one that plainly asks goes before."""


def asks(intent: str) -> bool:
    """Return whether an intent is a question about a service."""
    return intent.startswith("ask_") and intent not in AROUND


def chosen(
    text: str,
    whole: Ranking,
    clauses: Sequence[Ranking],
    refusal: Sequence[Ranking] = (),
    *,
    threshold: float,
    plainly: float,
) -> Ranking:
    """Return the ranking of the intents to believe.

    Args:
        text: the message.
        whole: the ranking of the whole message, the likeliest first.
        clauses: that of each of its clauses; none when there is one clause.
        refusal: that of what the message refuses and that of what it asks instead; none when it does not refuse.
        threshold: confidence below which the whole is not believed.
        plainly: confidence from which a clause plainly asks.
    """
    ranking = whole
    if ranking[0][1] < threshold and clauses:
        # Two questions in one message look like neither: the clause that is surest is answered first.
        ranking = max([whole, *clauses], key=lambda each: each[0][1])
    if refusal and ranking[0][0] == refusal[0][0][0] != "distress" and refusal[1][0][1] >= plainly:
        # "Pas le prix, le délai" was read as a question about the price: what is asked instead is believed.
        ranking = refusal[1]
    asking = [each for each in clauses if asks(each[0][0]) and each[0][1] >= plainly]
    doubtful = asks(ranking[0][0]) and ranking[0][1] < plainly
    if asking and (ranking[0][0] in AROUND or doubtful):
        # Or a question that no clause asks plainly is what a story sounds like as a whole.
        return max(asking, key=lambda each: each[0][1])
    if ranking is whole and whole[0][0] in {each[0][0] for each in asking}:
        # Of several questions the first is the main one; the others are facets of the same message.
        ranking = asking[0]
    knows = ranking[0][0] in OPENED_OTHERWISE and ranking[0][1] >= threshold
    if not knows and find_reference(text):
        # Whatever the words around it ("toujours rien !"), who gives a reference wants news of it.
        return [(TRACKING, 1.0), *(each for each in ranking if each[0] != TRACKING)]
    return ranking
