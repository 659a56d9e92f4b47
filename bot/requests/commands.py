"""What one may say at every step of a form besides an answer, as the short words that people use."""

from enum import StrEnum

from bot.words import fold


class Command(StrEnum):
    """What to do instead of taking an answer. The values are the names of the intents that mean the same."""

    BACK = "go_back"
    SKIP = "skip"
    STOP = "stop"
    SAVE = "save_for_later"
    WHY = "ask_why"
    CHANGE = "correct_answer"
    CONFIRM = "confirm_request"
    REPEAT = "repeat"


_SAID = {
    Command.BACK: "retour, revenir, revenir en arrière, précédent, question précédente, back, go back, previous",
    Command.SKIP: "passer, passe, suivant, suivante, je passe, question suivante, continuer, continue, c'est tout, "
    "rien d'autre, skip, pass, next, that's all, nothing else",
    Command.STOP: "annuler, annule, annuler la demande, arrêter, arrête, tout arrêter, stop, abandonner, j'abandonne, "
    "laisse tomber, cancel, quit, give up",
    Command.SAVE: "sauvegarder, sauvegarde, enregistrer, enregistre, enregistrer et finir plus tard, plus tard, "
    "finir plus tard, save, later, save for later",
    Command.WHY: "pourquoi, pourquoi cette question, pourquoi cette information, pourquoi demandez-vous ça, "
    "pourquoi vous demandez ça, à quoi ça sert, why, why do you ask, why this question, what for",
    Command.CHANGE: "modifier, changer, corriger, change, edit, modify",
    Command.CONFIRM: "confirmer, je confirme, envoyer, valider, je valide, c'est bon, tout est juste, confirm, send, "
    "submit",
    Command.REPEAT: "répéter, répète, pardon, comment, repeat, sorry",
}
_BY_WORDS = {fold(words): command for command, said in _SAID.items() for words in said.split(", ")}


def command_in(text: str) -> Command | None:
    """Return the command that a text is, word for word, or None."""
    return _BY_WORDS.get(fold(text).strip(" .!?,"))
