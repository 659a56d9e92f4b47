"""What the catalogue gives the linker to learn from: the names of a service, its sentences, everyday words."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from bot.catalogue.model import LANGUAGES, Service
from bot.understanding.linker_aliases import Name
from bot.understanding.linker_practice import BARE, CARRIERS
from bot.understanding.words import telling

# What a sentence is worth beside a name: the summary nearly as much, answers little, because documents are named in
# the answers of many services.
_NAME, _SUMMARY, _ANSWER, _ITEM = 1.0, 0.9, 0.2, 0.1
_COMMON_SHARE = 0.2  # A word in the texts of more than a fifth of the services is everyday language.
_COMMON_EXAMPLES = 1 / 800  # So is one that this share of the training utterances use.


def names_of(service: Service) -> list[str]:
    """Return the names of a service: its titles, also without their brackets, and its aliases."""
    titles = [service.title[language] for language in LANGUAGES]
    short = [title.split("(")[0].strip() for title in titles]
    return [*titles, *short, *(alias for language in LANGUAGES for alias in service.aliases[language])]


def sentences_of(service: Service) -> list[tuple[str, float]]:
    """Return the sentences of a service, names aside, with what each is worth."""
    sentences = []
    for language in LANGUAGES:
        sentences.append((service.summary[language], _SUMMARY))
        for situation in service.situations:
            sentences += [(option.title[language], _ANSWER) for option in situation.options]
        for cases in service.facets.values():
            for case in cases:
                sentences += [(case.text[language], _ANSWER)] if case.text else []
                sentences += [(item, _ITEM) for item in (case.items[language] if case.items else [])]
    return sentences


def texts_of(service: Service, hidden: Collection[str] = ()) -> list[tuple[str, float]]:
    """Return the names and sentences of a service that are not hidden, with what each is worth."""
    everything = [(name, _NAME) for name in names_of(service)] + sentences_of(service)
    return [(text, weight) for text, weight in everything if text not in hidden]


def own_words(service: Service) -> frozenset[str]:
    """Return the stems of the sentences of a service."""
    return frozenset(piece for text, _ in sentences_of(service) for piece in telling(text))


def common_words(names: Iterable[Name], own: Sequence[frozenset[str]], examples: Sequence[str]) -> frozenset[str]:
    """Return the stems of everyday language, which are no thing that a message is about.

    Args:
        names: the names of all services; a word of theirs is everyday only when the carriers use it.
        own: the stems of each service's sentences.
        examples: training utterances.
    """
    named = {piece for name in names for piece in name.stems}
    said = Counter(piece for text in examples for piece in set(telling(text)))
    heard = {piece for piece, count in said.items() if count > max(1, len(examples) * _COMMON_EXAMPLES)}
    spread = Counter(piece for stems in own for piece in stems)
    shared = {piece for piece, count in spread.items() if count > max(1, len(own) * _COMMON_SHARE)}
    carriers = {piece for texts in CARRIERS.values() for text in [*texts, *BARE] for piece in telling(text)}
    return frozenset(carriers | ((heard | shared) - named))
