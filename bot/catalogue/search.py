"""Search over the official fiches and the catalogue's services together: the answer to the long tail."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from bot.catalogue.fiches_store import FicheReader, is_there
from bot.catalogue.load import Catalogue, load_catalogue
from bot.catalogue.model import Service
from bot.catalogue.search_field import Scores
from bot.catalogue.search_index import Document, Index
from bot.catalogue.search_spelling import Spelling
from bot.catalogue.search_text import MAX_CHARACTERS, terms, words
from bot.catalogue.search_words import Meanings, read_rules
from bot.settings import Settings

MOST_RESULTS = 100
IN_ONE_DOSSIER = 0.6
"""Share of the results that may be of one dossier, so that a misread question still shows something else."""
LEAST_OF_BEST = 0.3
"""A result below this part of the best one's score is not shown."""
LEAST_STRENGTH = 0.5
"""A result that has less of the query is not shown: its words are there by chance."""
GOOD_STRENGTH = 0.9
"""Below, the assistant had better say that it found nothing: measured on real questions and on idle ones."""
MOST_SERVICES = 0.2
"""Share of the results that may be services, one at least, where there are fiches: the assistant has its own way to the
services, and the search is for what they do not cover."""
COMMON = 0.6
"""What a word weighs that is in half of the questions, whatever they are about."""
_COMMON_WORDS = frozenset(
    terms(
        """
        savoir souhaite souhaiterais souhaitons désire aimerais voudrais connaître démarche demande demander effectuer
        procéder suite possible possibilité nécessaire besoin obtenir information renseignement renseigner question
        réponse aider problème soucis cas personne document papier formulaire dossier site internet page ligne service
        public mail trouver chercher recevoir envoyer parvenir donner prendre mettre passer arriver venir revenir rester
        rendre dire penser vouloir croire voir jour mois an année date aujourd hui temps premier deuxième dernier
        nouveau encore exacte obligatoire obligé droit condition règle concernant sujet message adresser contacter
        joindre téléphone normal actuellement récemment prochain
        """
    )
)
SHORT_PASSAGE = 30
"""Terms added to the length of every passage, so that a line alone does not win over the paragraph that explains."""
SERVICES = "services"
"""Stands for a dossier of all services; dossiers of fiches have longer names."""
FOLDER = "fiches"
"""Folder of the imported fiches, in the data folder."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Quote:
    """The passage of a fiche that answers best: its headings and cases, and its text."""

    situation: str
    text: str


@dataclass(frozen=True)
class Result:
    """What was found.

    Attributes:
        score: to be compared within one search only.
        strength: how much of the query it has; unlike the score it can be compared between searches. It is the share
            of the telling words, from 0 to 1, times 1 + half their number, because nothing has all of a long e-mail.
        dossier: the dossier of a fiche, which a title such as "Renouvellement" needs to be understood.
        date: day of the last change of a fiche; of the oldest check of a service's sources.
        passage: for a fiche that has a text.
    """

    id: str
    title: str
    url: str
    score: float
    kind: Literal["service", "fiche"]
    strength: float = 0.0
    dossier: str = ""
    date: str = ""
    passage: Quote | None = None

    def wire(self) -> dict[str, Any]:
        """Return the result as the command line and the HTTP contract have it; what is empty is left out."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}


@dataclass(frozen=True)
class _Entry:
    """How a document of the index is shown."""

    id: str
    title: str
    url: str
    kind: Literal["service", "fiche"]
    date: str
    dossiers: tuple[str, ...]


class Search:
    """Finds fiches and services.

    Args:
        catalogue: the services, whose aliases also say what people call things.
        fiches: the imported fiches; None when there are none.
    """

    def __init__(self, catalogue: Catalogue, fiches: FicheReader | None = None) -> None:
        self._fiches = fiches
        services = catalogue.services.values()
        self._entries = [_shown(service) for service in services]
        documents = [_indexed(service) for service in services]
        for row in fiches.rows() if fiches else ():
            self._entries.append(_Entry(row.id, row.title, row.url, "fiche", row.date, row.dossiers))
            dossiers = [tuple(terms(name)) for name in row.dossiers]
            documents.append(Document(row.title_terms, row.place_terms, row.text_terms, dossiers, row.asks))
        self._index = Index(documents)
        aliases = [(alias, service.title.fr) for service in services for alias in service.aliases.fr]
        named = [alias for alias, _ in aliases] + [" ".join((entry.title, *entry.dossiers)) for entry in self._entries]
        self._spelling = Spelling((word for name in named for word in words(name)), self._index.knows)
        self._meanings = Meanings([*read_rules(), *aliases])

    def search(self, text: str, top: int = 5) -> list[Result]:
        """Return the best results, the best first; fewer than `top`, or none, when nothing else is good enough.

        Args:
            text: what a citizen wrote, a word or a whole e-mail; what follows `MAX_CHARACTERS` is not read.
            top: how many results at most.
        """
        written = self._spelling.terms(words(text[:MAX_CHARACTERS]))
        query = {term: COMMON if term in _COMMON_WORDS else 1.0 for term in written}
        for term, weight in self._meanings.added(written).items():
            query[term] = max(weight, query.get(term, 0.0))
        weights = {term: weight * self._index.rarity(term) for term, weight in query.items()}
        scores = self._index.scores(query)
        strengths = self._index.coverage(weights) * (1 + len(set(written)) / 2)
        return [
            self._result(number, float(scores[number]), float(strengths[number]), weights)
            for number in self._chosen(scores, strengths, min(top, MOST_RESULTS))
        ]

    def _chosen(self, scores: Scores, strengths: Scores, top: int) -> list[int]:
        """Return the numbers of the results: the best scores, with no dossier taking nearly all the places.

        Those that had to step back return when nothing else takes their place.
        """
        chosen: list[int] = []
        passed: list[int] = []
        taken: Counter[str] = Counter()
        usual, most = IN_ONE_DOSSIER * top, {SERVICES: max(1.0, MOST_SERVICES * top)}
        least = LEAST_OF_BEST * float(scores.max(initial=0.0))
        for number in np.argsort(-scores, kind="stable").tolist():
            if len(chosen) >= top or scores[number] <= 0 or scores[number] < least:
                break
            if strengths[number] < LEAST_STRENGTH:
                continue
            groups = self._entries[number].dossiers
            if any(taken[name] >= most.get(name, usual) for name in groups):
                passed.append(number)
            else:
                taken.update(groups)
                chosen.append(number)
        chosen += passed[: max(0, top - len(chosen))]
        return sorted(chosen, key=lambda number: -scores[number])

    def _result(self, number: int, score: float, strength: float, weights: Mapping[str, float]) -> Result:
        entry = self._entries[number]
        quote = self._quote(entry.id, weights) if self._fiches and entry.kind == "fiche" else None
        dossier = entry.dossiers[0] if entry.kind == "fiche" and entry.dossiers else ""
        shown = (entry.id, entry.title, entry.url, round(score, 4), entry.kind)
        return Result(*shown, round(strength, 2), dossier, entry.date, quote)

    def _quote(self, fiche_id: str, weights: Mapping[str, float]) -> Quote | None:
        """Return the passage that has the most of the query for its length; the first one when none has any."""
        assert self._fiches
        best, quote = -1.0, None
        for passage, stems in self._fiches.passages(fiche_id):
            told = sum(weights.get(term, 0.0) for term in set(stems))
            value = told / (SHORT_PASSAGE + len(stems)) ** 0.15
            if value > best:
                best, quote = value, Quote(passage.situation, passage.text)
        return quote


def is_telling(text: str) -> bool:
    """Return whether a text has a word of its own: "faire une demande" says nothing that could be searched for."""
    return not set(terms(text[:MAX_CHARACTERS])) <= _COMMON_WORDS


def open_search(settings: Settings) -> Search:
    """Open the search over the catalogue and the imported fiches; without an import, over the catalogue alone.

    Raises:
        CatalogueError: the catalogue has mistakes.
    """
    folder = settings.data_dir / FOLDER
    catalogue = load_catalogue(settings.catalogue_dir)
    if not is_there(folder):
        _log.info("No fiches of this version in %s: the search covers the services alone.", folder)
        return Search(catalogue)
    return Search(catalogue, FicheReader(folder))


def _shown(service: Service) -> _Entry:
    url = str(service.online or service.sources[0].url)
    return _Entry(
        service.id, service.title.fr, url, "service", min(s.checked for s in service.sources).isoformat(), (SERVICES,)
    )


def _indexed(service: Service) -> Document:
    aliases = [*service.aliases.fr, service.title.en, *service.aliases.en]
    says = [service.summary.fr, service.summary.en]
    for case in (case for cases in service.facets.values() for case in cases):
        says += [case.text.fr] if case.text else []
        says += case.items.fr if case.items else []
    # Each word once: a long list of aliases must not count for more than a title.
    names = list(dict.fromkeys(terms(" ".join(aliases))))
    return Document(terms(service.title.fr), names, terms(" ".join(says)), [])
