"""Reads one file of DILA's feed: F*.xml and N*.xml (`Publication`), R*.xml (`ServiceComplementaire`).

Element names are those of the schema 3.5; elements and attributes that are not known are read through, as DILA asks
of whoever uses its feed, and older files (3.3) are read as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from bot.catalogue.fiches_model import SITE, Fiche, Passage, cut
from bot.errors import InvalidInput

_DC = "{http://purl.org/dc/elements/1.1/}"
# Parts of the root that say something to a citizen; the others are navigation and credits.
_SAYING = {"Avertissement", "Introduction", "Texte", "ListeSituations", "Conclusion"}
_SAYING |= {"Cout", "CommentFaireSelf", "SuiviSelf"}
_LISTED = {"OuSAdresser": "Où s'adresser", "ServiceEnLigne": "Services en ligne et formulaires"}
# An explanation of a word is no answer to a question.
_GLOSSARY = ("Définition de glossaire", "Sigle", "Acronyme", "Abréviation")


class HostileXml(InvalidInput):
    """The file declares entities or is built to exhaust the machine."""

    default_code = "hostile-xml"


def read_publication(data: bytes) -> Fiche | None:
    """Read a file of the feed.

    Returns:
        The fiche; None for a word of the glossary.

    Raises:
        HostileXml: the file has a document type, which the feed never has and entities need.
        InvalidInput: the file is not XML, or not a publication.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise HostileXml("the file declares a document type") from None
        raise InvalidInput(f"the file is not well-formed XML ({error.msg})") from None
    if root.getroottree().docinfo.doctype:
        raise HostileXml("the file declares a document type")
    if root.tag not in ("Publication", "ServiceComplementaire"):
        raise InvalidInput(f"the root is `{root.tag}`, not a publication")
    identifier, title = root.get("ID", ""), _inline(root.find(f"{_DC}title"))
    if not identifier or not title:
        raise InvalidInput("the publication has no identifier or no title")
    if root.get("type", "").startswith(_GLOSSARY):
        return None
    url = root.get("spUrl") or root.get("URL") or _attribute(root.find("LienWeb"), "URL") or SITE + identifier
    reader = _Reader(url.rpartition("/")[0] + "/" if root.get("spUrl") else SITE)
    return Fiche(
        id=identifier,
        title=title,
        url=url,
        kind=root.get("type", ""),
        date=_inline(root.find(f"{_DC}date")).rpartition(" ")[2],
        theme=_inline(root.find("Theme/Titre")),
        dossiers=tuple(filter(None, [_inline(root.find("DossierPere/Titre"))])),
        rubrics=tuple(_rubrics(root, identifier)),
        passages=tuple(reader.passages(root)),
        targets=tuple(dict.fromkeys(link.get("LienPublication", "") for link in root.iter("LienInterne"))),
    )


def _rubrics(root: etree._Element, identifier: str) -> Iterator[str]:
    yield from filter(None, [_inline(root.find("SousThemePere")), _inline(root.find("SousDossierPere"))])
    for rubric in root.iterfind("DossierPere/SousDossier"):
        if any(fiche.get("ID") == identifier for fiche in rubric.iterfind("Fiche")):
            yield _inline(rubric.find("Titre"))


@dataclass
class _Part:
    """What is read under one heading: its lines, and the addresses of the words that link."""

    situation: str
    lines: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)


class _Reader:
    """Turns the body of a publication into passages.

    Args:
        site: the address in front of the identifier of another publication.
    """

    def __init__(self, site: str) -> None:
        self._site = site
        self._parts: list[_Part] = []

    def passages(self, root: etree._Element) -> Iterator[Passage]:
        """Yield the passages in order; the summary comes first where there is no introduction."""
        if root.find("Introduction") is None:
            self._open().lines.append(_inline(root.find(f"{_DC}description")))
        for child in root:
            if child.tag in _SAYING:
                headings = (_inline(child.find("Titre")),)
                self._read(child, headings, self._open(*headings))
            elif child.tag in ("SousTheme", "Dossier", "SousDossier"):
                titles = [_inline(title) for title in child.iter("Titre", "Fiche")]
                self._open(*titles[:1]).lines.extend(f"- {title}" for title in titles[1:])
        for tag, heading in _LISTED.items():
            part = self._open(heading)
            for child in root.iterfind(tag):
                self._list(child, part)
        for part in self._parts:
            yield from cut(part.situation, filter(None, part.lines), part.links.items())

    def _open(self, *headings: str) -> _Part:
        self._parts.append(_Part(" > ".join(filter(None, headings))))
        return self._parts[-1]

    def _read(self, node: etree._Element, headings: tuple[str, ...], part: _Part) -> None:
        for child in node:
            match child.tag:
                case "Titre" | "Condition":
                    continue  # the heading, or the questionnaire's variable, of the part that is being read
                case "Chapitre" | "SousChapitre" | "Situation" | "Cas":
                    inside = (*headings, _inline(child.find("Titre")))
                    self._read(child, inside, self._open(*inside))
                case "Paragraphe":
                    self._link(child, part)
                    part.lines.append(_inline(child))
                case "Item":
                    before = len(part.lines)
                    self._read(child, headings, part)
                    if len(part.lines) > before:
                        part.lines[before] = f"- {part.lines[before]}"
                case "Rangée":
                    self._link(child, part)
                    part.lines.append(" | ".join(_inline(cell) for cell in child.iterfind("Cellule")))
                case "OuSAdresser" | "ServiceEnLigne":
                    self._list(child, part)
                case _:
                    if (heading := _inline(child.find("Titre"))) != "":
                        part.lines.append(f"{heading} :")
                    self._read(child, headings, part)

    def _link(self, node: etree._Element, part: _Part) -> None:
        for link in node.iter("LienInterne", "LienExterne"):
            url = link.get("URL") or self._site + link.get("LienPublication", "")
            part.links.setdefault(_inline(link), url)

    def _list(self, node: etree._Element, part: _Part) -> None:
        title = _inline(node.find("Titre"))
        url = node.get("URL") or _attribute(node.find("RessourceWeb"), "URL") or _attribute(node.find("LienWeb"), "URL")
        part.lines.append(title)
        if url:
            part.links.setdefault(title, url)


def _inline(node: etree._Element | None) -> str:
    """Return the text of an element and of all within, with single spaces; blocks within are told apart."""
    if node is None:
        return ""
    separator = " " if node.find("Paragraphe") is not None else ""
    return " ".join(separator.join(str(piece) for piece in node.itertext()).split())


def _attribute(node: etree._Element | None, name: str) -> str:
    return "" if node is None else node.get(name, "")
