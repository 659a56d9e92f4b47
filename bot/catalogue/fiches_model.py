"""What an official fiche is for us: a title, its place in the tree, and passages that can be quoted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PASSAGE_CHARACTERS = 900
"""A passage is cut at a line once it is this long: what is quoted must be readable in a chat."""
SITE = "https://www.service-public.gouv.fr/particuliers/vosdroits/"
"""Where a fiche is read when its source does not say."""


@dataclass(frozen=True)
class Passage:
    """A piece of a fiche.

    Attributes:
        situation: the headings and cases above it, outermost first, joined by " > "; empty for an introduction.
        text: its lines.
        links: address by words, for the links in it.
    """

    situation: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Fiche:
    """An official fiche, online service or dossier.

    Attributes:
        id: its identifier (F1342, R1406, N19807...).
        url: where it is read.
        kind: what its publisher calls it ("Fiche d'information"...); may be empty.
        date: the day of its last change, ISO; empty when the source does not say.
        theme, dossiers, rubrics: its place in the tree; rubrics are the levels beside and below the dossiers.
        passages: its text, in order.
        targets: identifiers of the publications that it links to.
    """

    id: str
    title: str
    url: str
    kind: str = ""
    date: str = ""
    theme: str = ""
    dossiers: tuple[str, ...] = ()
    rubrics: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    targets: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether its title is a question: one detail of a subject that another fiche treats as a whole."""
        return self.title.rstrip().endswith("?")


def cut(situation: str, lines: Iterable[str], links: Iterable[tuple[str, str]] = ()) -> Iterator[Passage]:
    """Yield the passages of some lines, each of about `PASSAGE_CHARACTERS`; a link goes with the words it is on."""
    known = dict(links)
    block: list[str] = []
    for line in [*lines, None]:
        if block and (line is None or sum(map(len, block)) + len(line) > PASSAGE_CHARACTERS):
            text = "\n".join(block)
            yield Passage(
                situation, text, tuple((words, url) for words, url in known.items() if words and words in text)
            )
            block = []
        if line:
            block.append(line)
