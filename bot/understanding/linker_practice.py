"""Sentences to practise on, made from the catalogue when the linker is trained; nobody wrote them and none is kept.

A name goes into a carrier ("combien coûte ... ?") and is then spoilt the way hurried hands spoil words. The carriers
are ordinary ways to ask; they hold no service.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bot.catalogue.model import LANGUAGES, Service
from bot.words import fold

_CARRIERS = {
    "fr": """
        {}|{} ?|{} svp|combien coûte {} ?|c'est combien {}|quel est le prix pour {} ?|est-ce que {} est gratuit ?
        quels documents pour {} ?|quelles pièces faut-il fournir pour {} ?|je dois apporter quoi pour {}
        comment faire pour {} ?|comment obtenir {} ?|bonjour, je voudrais {} s'il vous plaît|je veux faire {}
        il me faut {} pour la semaine prochaine|où dois-je aller pour {} ?|à quel guichet pour {} ?
        qui a droit à {} ?|est-ce que j'ai droit à {} ?|c'est quoi {} ?|à quoi sert {} ?|renseignement sur {}
        combien de temps pour avoir {} ?|quel délai pour {} ?|faut-il un rendez-vous pour {} ?|rdv {}
        j'ai déposé ma demande de {} il y a deux mois et toujours rien|où en est mon dossier de {} ?
        je n'ai toujours pas reçu {}|on m'a refusé {}, que faire ?|votre site ne marche pas pour {}
        mon fils de 8 ans a besoin de {}|ma mère ne peut pas se déplacer, elle voudrait {}
        je viens de déménager et on me réclame {}, je ne sais pas comment m'y prendre
        bonjour, je suis un peu perdue, on m'a dit de venir ici pour {} mais personne ne m'explique la procédure
        je voudrais parler à quelqu'un au sujet de {}|finalement je préfère {}|non, plutôt {}
        peut-on demander {} par internet ?|est-ce possible de faire {} en ligne|c'est pour {}
    """,
    "en": """
        {}|{} please|how much is {}?|what does {} cost?|which documents do I need for {}?|what should I bring for {}?
        how do I get {}?|I would like to apply for {}|I need {} by next week|where do I go for {}?|who can get {}?
        am I entitled to {}?|what is {}?|how long does {} take?|do I need an appointment for {}?
        I applied for {} two months ago and still nothing|where is my application for {}?|they refused {}, what now?
        can I do {} online?|it is about {}|my son needs {}|hello, I am new in France and I was told to ask for {}
        I want to complain about {}|could someone tell me about {}|rather {}|no, I mean {}
    """,
}
# Sentences of a conversation that name no service at all.
_BARE = """
    bonjour|bonsoir madame|merci beaucoup|au revoir|oui|non|d'accord|ok|je ne sais pas|pas du tout|peut-être
    et ça coûte combien ?|c'est payant ?|combien de temps ça prend ?|quels papiers il faut ?|c'est où ?
    je dois prendre rendez-vous ?|comment je fais ?|et pour un mineur ?|c'est pour mon fils|c'est pour ma femme
    je suis français|j'habite à la campagne|je l'ai perdu|on me l'a volé|c'est une première demande|pour un adulte
    je voudrais parler à un conseiller|passez-moi un agent|vous êtes un robot ?|qui êtes-vous ?|je suis en colère
    ça ne marche pas votre truc|je ne comprends rien|répétez s'il vous plaît|revenir en arrière|je me suis trompé
    où en est ma demande ?|j'ai un numéro de dossier|mon dossier est bloqué depuis trois mois
    je veux faire une réclamation|annuler|stop|on arrête là|je continuerai demain|reprendre ma demande
    je passe cette question|pourquoi cette question ?|qui voit mes données ?|effacez mes informations
    la mairie est ouverte le samedi ?|quels sont vos horaires ?
    quel est votre numéro de téléphone ?|je n'en peux plus|aidez-moi|j'ai besoin d'aide
    c'était très bien|c'est nul|quel temps fait-il ?|raconte-moi une blague
    je m'appelle Martin|mon adresse est 12 rue des Lilas à Nantes
    mon mail est jeanne@exemple.fr|j'ai 17 ans|née le 3 mai 1987|par courrier|demain matin|la deuxième
    je veux faire une démarche|je voudrais déposer une demande|j'ai reçu une lettre
    faut-il un justificatif de domicile ?|il manque un document
    hello|thanks a lot|goodbye|yes|no|not really|maybe|how much is it?|is it free?|how long does it take?|where is it?
    which papers do I need?|do I need an appointment?|how do I do it?|it is for my son|I lost it|it was stolen
    I want to talk to a person|are you a robot?|I don't understand|say that again|go back|I made a mistake
    where is my request?|I have a file number|I want to complain|cancel|stop|later|skip|why do you ask?
    who sees my data?|what are your opening hours?|what is your phone number?|help me|that was great|this is useless
    tell me a joke|my name is Smith|I live in Lyon|I am 17|by post|tomorrow morning|I want to apply|I got a letter
    I need some help
"""
_KEYS = {a: b for row in ("azertyuiop", "qsdfghjklm", "wxcvbn") for a, b in zip(row, row[1:] + row[0], strict=True)}
_ARTICLES = {
    "fr": ["", "un ", "une ", "le ", "la ", "mon ", "ma ", "une demande de ", "l'", "de "],
    "en": ["", "a ", "the ", "my ", "an "],
}


def _cut(text: str) -> list[str]:
    return [piece.strip() for piece in re.split(r"[|\n]", text) if piece.strip()]


BARE = _cut(_BARE)
_OWNERS = {
    "fr": (
        "de",
        _cut("ma fille|mon fils|ma femme|ma mère|mon père|ma cousine|mon voisin|Camille|Karim|M. Durand|mon ami"),
    ),
    "en": (
        "for",
        _cut("my daughter|my son|my wife|my mother|my father|my cousin|my neighbour|Camille|Karim|my friend"),
    ),
}
_NEGATIONS = {
    "fr": _cut(
        "pas {}, {}|non pas pour {} mais pour {}|ce n'est pas {} que je veux, c'est {}|je parle pas de {} mais de {}"
    ),
    "en": _cut("not {}, {}|no, not about {} but {}|I don't want {}, I want {}|it is not for {}, it is for {}"),
}
CARRIERS = {language: _cut(text) for language, text in _CARRIERS.items()}


def sentence(name: str, language: str, random: Random) -> str:
    """Return a sentence about a name, sometimes spoilt."""
    dressed = random.choice(_ARTICLES[language]) + name
    return spoil(random.choice(CARRIERS[language]).format(dressed), random)


def owned(name: str, language: str, random: Random) -> str:
    """Return a name with whose it is, which leaves it the same thing: "passeport de ma cousine"."""
    link, owners = _OWNERS[language]
    return f"{name} {link} {random.choice(owners)}"


def foreign(name: str, language: str, nouns: Sequence[str], random: Random) -> str:
    """Return the name of a thing that no catalogue has: the head of a name with a strange complement, or a noun."""
    noun, words = random.choice(nouns), name.split()
    if random.random() < 0.4:
        return noun
    return f"{words[0]} de {noun}" if language == "fr" else f"{noun} {words[-1]}"


def negation(refused: str, wanted: str, language: str, random: Random) -> str:
    """Return a sentence that names one thing only to refuse it."""
    return random.choice(_NEGATIONS[language]).format(refused, wanted)


def spoil(text: str, random: Random) -> str:
    """Return a text as people type it: most often untouched, else capitals, no accents, no signs, or slips."""
    way = random.random()
    if way < 0.4:
        return text
    if way < 0.5:
        return text.upper()
    if way < 0.65:
        return fold(text)
    if way < 0.75:
        return re.sub(r"[^\w\s]", random.choice(["", " "]), fold(text))
    words = text.split()
    for _ in range(1 + len(words) // 8):
        index = max(random.sample(range(len(words)), min(2, len(words))), key=lambda i: len(words[i]))
        words[index] = _slip(words[index], random)
    return " ".join(words)


def _slip(word: str, random: Random) -> str:
    """Return a word with one slip of the hand, if it is long enough to stay readable."""
    if len(word) < 5:
        return word
    at = random.randrange(1, len(word) - 1)
    return random.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
            word[:at] + _KEYS.get(word[at], word[at]) + word[at + 1 :],
        ]
    )


NOTHING, FOREIGN = "", "-"
"""What a practice sentence is about when it is about no service: nothing, or a thing that no catalogue has."""
# In each round. The few weights of the logit need no more, and a large catalogue would take minutes to practise.
_SENTENCES = 3000


@dataclass(frozen=True)
class Practice:
    """What sentences are made of.

    Attributes:
        services: all services, also those that the linker in training does not know.
        known: the identifiers of those that it knows.
        hidden: for each known service, sentences about it that the linker in training has not read.
        bare: sentences that name no service.
        nouns: things that exist.
    """

    services: Sequence[Service]
    known: frozenset[str]
    hidden: dict[str, list[str]]
    bare: Sequence[str]
    nouns: Sequence[str]

    def sentences(self, random: Random) -> list[tuple[str, str]]:
        """Return sentences, each with the service that it is about, known or not, or `NOTHING`, or `FOREIGN`."""
        made = []
        share = max(6, min(60, _SENTENCES // len(self.services)))
        for service in self.services:
            # A third of a share for a hidden service, since few messages are foreign.
            for _ in range(share if service.id in self.known else share // 3):
                text, about = self._about(service, random)
                if random.random() < 0.2:
                    text = f"{random.choice(self.bare)}. {text}"
                made.append((text, about))
        return made + [(spoil(random.choice(self.bare), random), NOTHING) for _ in range(share * len(self.known))]

    def _about(self, service: Service, random: Random) -> tuple[str, str]:
        """Return a sentence about a service, or now and then about a thing with a name like its own."""
        language, way = random.choice(LANGUAGES), random.random()
        name = random.choice([*service.aliases[language], service.title[language]])
        if way < 0.1:
            others = [other for other in self.services if other.id != service.id and other.id in self.known]
            refused = random.choice(others).title[language] if others else random.choice(self.nouns)
            return negation(refused, name, language, random), service.id
        if way < 0.2:
            return sentence(owned(name, language, random), language, random), service.id
        if way < 0.3:
            return sentence(foreign(name, language, self.nouns, random), language, random), FOREIGN
        if way < 0.45 and self.hidden.get(service.id):
            return spoil(random.choice(self.hidden[service.id]), random), service.id
        return sentence(name, language, random), service.id
