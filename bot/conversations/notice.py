"""The first words of a conversation: that this is a machine, what it does, what becomes of what is written.

AI Act, article 50(1): people are told at the first interaction; CNIL, 19 February 2021: they are warned against writing
sensitive data. The version shown is kept with the conversation (`NOTICE_VERSION`): change it with the words.
"""

from bot.conversations.model import Author, Button, Command, Message

_NOTICE = {
    "fr": (
        "Bonjour. Je suis l'assistant automatique de ce service : une machine, pas une personne.\n"
        "Je vous renseigne sur vos démarches, je prends certaines demandes et je vous dis où elles en sont.\n"
        "Vos messages sont gardés sans votre identité pour améliorer le service. N'écrivez ici rien de sensible "
        "(santé, numéro de sécurité sociale…). Vous pouvez demander une personne à tout moment."
    ),
    "en": (
        "Hello. I am this service's automatic assistant: a machine, not a person.\n"
        "I inform you about public services, take some requests, and tell you where they stand.\n"
        "Your messages are kept without your identity to improve the service. Please write nothing sensitive here "
        "(health, social security number…). You can ask for a person at any time."
    ),
}
_INVITATION = {
    "fr": "Que cherchez-vous ? Écrivez-le avec vos mots, ou choisissez :",
    "en": "What are you looking for? Write it in your own words, or choose:",
}
_CHOICES = {
    "fr": ("Faire une demande", "Suivre ma demande", "Parler à une personne"),
    "en": ("Make a request", "Track my request", "Talk to a person"),
}
_SWITCHED = {
    "fr": "L'assistant vous répond maintenant en français.",
    "en": "The assistant now answers in English.",
}
_COMMANDS = ("submit_request", "track_request", "talk_to_person")


def opening(language: str) -> list[Message]:
    """Return the messages that open a conversation in the given language."""
    buttons = [Button(title, Command(name)) for title, name in zip(_CHOICES[language], _COMMANDS, strict=True)]
    said = {"language": language}
    return [
        Message(Author.BOT, _NOTICE[language], extras=said),
        Message(Author.BOT, _INVITATION[language], buttons, extras=said),
    ]


def switched(language: str) -> Message:
    """Return the note that answers come in another language from now on, in that language."""
    return Message(Author.SYSTEM, _SWITCHED[language], extras={"language": language})
