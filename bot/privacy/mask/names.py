"""Finder of the names of persons: those that a sentence introduces, and a known first name with a family name after it.

A cue says that a name may follow, and how sure that is; then words are read one by one, and each must look like a
part of a name: a capital where capitals mean something, a known first name, or, after a sure cue, any word that is
not a common one.
"""

import re
from collections.abc import Iterator

from bot.privacy.mask.folded import Folded, Span
from bot.privacy.mask.words import COMMON_WORDS, FIRST_NAMES, listed

_KIN = (
    r"(?:(?:petite?|grande?|belle|beau|demi|ex|arriere)s?[ -]?){0,3}(?:fils|filles?|mari|femme|epou(?:se|x)|conjointe?|"
    r"compagn(?:on|e)|concubine?|pere|mere|maman|papa|mamie|papi|freres?|s(?:oe|œ)urs?|neveux?|nieces?|oncle|tante|"
    r"tata|tonton|cousine?s?|amie?|cop(?:ain|ine)|fiancee?|parte?naire|enfants?|bebe|jumeaux|jumelles|voisine?|marraine|parrain|avocate?|medecin)"
)
_ENGLISH_KIN = (
    "son|daughter|husband|wife|mother|father|mum|mom|dad|brother|sister|friend|partner|child|uncle|aunt|cousin"
)

# What follows is a name, unless it is a common word.
_SELF = re.compile(
    r"\b(?:(?:je )?m ?'? ?appell?e|j'mappelle|s'appell?e(?:nt)?|me nomme|se nomme|mon (?:nom|prenom) (?:est|c'est)|"
    r"my (?:full |first |last )?name(?: is|'s|:)|(?:nom(?: et |/| )prenoms?|prenoms?(?: et |/| )nom|noms?|prenoms?|"
    r"nom de (?:famille|naissance|jeune fille|l'enfant)|nom d'usage|name|first name|surname) ?:)(?:[ .:]+|(?<=:))"
)
# So it is after a title, for one word when there is no capital: "mme durand conteste".
_TITLE = re.compile(
    r"\b(?:(?<![\d-])(?<!\d )(?:m\.|mm\.|mr|mrs|ms|mme|mmes|melle|mlle|mle|mister)(?! et )|"
    r"madame|monsieur|mademoiselle|maitre|docteur|dr|pr|miss|de la part d(?:e |'))(?:[ .:]+|(?<=[ .']))"
)
# After these a capital or a known first name is needed.
_RELATIVE = re.compile(
    rf"\b(?:(?:mon|ma|mes|notre|nos|son|sa|ses|votre|leur) ?{_KIN}|(?:my|our|his|her) (?:{_ENGLISH_KIN})|"
    r"signee?|signe par|au nom d(?:e |')|nom de famille|nom de jeune fille|prenommee?|nommee?|dossier de|carte de|"
    r"this is)(?:[ ,:(]+|(?<=[ ']))"
)
# Here the capitals themselves make the cue: "née Durand", "Me Durand", "M Durand".
_BEFORE_CAPITAL = re.compile(r"\b(?:[Nn]ee|Me|M) (?=[A-Z])")
# A first name and a family name, both with a capital, need no cue; before them, these make a place or a body of them.
_CAPITALS = re.compile(r"(?<![\w'-])(?=[A-Z][a-z])")
_NAMED_AFTER = re.compile(
    r"\b(?:rue|avenue|av|boulevard|bd|place|square|allees?|impasse|chemin|quai|cours|route|pont|lycee|college|ecole|"
    r"maternelle|creche|hopital|clinique|universite|residence|foyer|maison|cite|gare|station|metro|aeroport|stade|"
    r"gymnase|piscine|theatre|salle|espace|mediatheque|bibliotheque|musee|parc|centre|fondation|institut|"
    r"association|prix|loi|saint|sainte|street|road|school|hospital|airport)"
    r"(?: (?:du|de|la|des|general|docteur|dr|president)){0,3} $"
)
_NO_FIRST_NAME = listed("france paris florence lourdes vitale orange")
# "je suis" is followed by a name less often than by anything else.
_I_AM = re.compile(r"\b(?:je suis|moi c'est|ici|i am|i'm|i m|im)[ ,:]+")
_CLOSING = re.compile(
    r"\b(?P<cue>cordialement|cdlt|cdt|bien a vous|sincerement|respectueusement|amicalement|"
    r"salutations(?: distinguees| respectueuses| cordiales)?|regards|sincerely|yours faithfully|yours truly|"
    r"(?P<thanks>merci(?: d'avance| beaucoup| de votre (?:aide|reponse)| par avance)?|"
    r"bonne (?:journee|soiree|reception)|a bientot|thanks|thank you))"
    r"[ ,.!:;-]*+\n{0,3} *"
)
_LAST_LINE = re.compile(r"\n *(?=[A-Z][^\n]{1,40}\s*\Z)")

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['-](?=[^\W\d_]))*")
_BETWEEN = re.compile(r" {1,2}|(?<=[A-Za-z])\. ?")
_PARTICLES = listed(
    "de du des da do dos d la le les l el al ben bin van von der den di del della san abu ould bou ait st"
)
_FOREIGN_PARTICLES = listed("ben el van da al")
_ELIDED = re.compile(r"(?:[jtsc]|qu|jusqu|lorsqu|puisqu)'|[nm]'(?!(?:di|dr|go|gu|ga|ba|bo|ko|ke)[a-z]{2})|l'(?=[a-z])")
# Endings of verbs, adverbs and origins: no name, unless it has a capital or is a known first name.
_NEVER_A_NAME = re.compile(r"[a-z]{2,}(?:ant|ment|tion|ait|aient)$")
_ORIGIN = re.compile(r"[a-z]{3,}(?:ienne?|aise)$")
_AND = re.compile(r" ?, ?(?:et )?| et | & | and ")
_END_OF_LINE = re.compile(r"[ .,!)]*(?:\n|\Z)")
# Also adjectives once their accent is gone: "je suis marié", "mon fils constant".
_ADJECTIVES = listed("marie aime desire rene honore constant clement prudence ange")


def _is_common(word: str) -> bool:
    """Tell that a word, in lower case, cannot be part of a name."""
    if word in FIRST_NAMES:
        return False
    first = word.split("-", maxsplit=1)[0]
    bare = word[2:] if word[:2] in ("l'", "d'") else word
    return not COMMON_WORDS.isdisjoint((word, first, bare)) or _ELIDED.match(word) is not None


def _capital(text: Folded, written: str) -> bool:
    """Tell that a word has a capital that means something; "d'Almeida" has."""
    letter = written[2:3] if written[:2] in ("d'", "l'") else written[:1]
    return letter.isupper() and not text.shouting


def _read(text: Folded, start: int, unknown: int) -> int | None:
    """Return where the name that begins at `start` ends, or None when there is none.

    Args:
        text: the text.
        start: where the first word of the name would be.
        unknown: how many words without capital that are no first name may be part of it.
    """
    end, position, read, last_capital = None, start, 0, False
    while read < 4 and (match := _WORD.match(text.cased, position)):
        written, word = match[0], match[0].lower()
        gap = _BETWEEN.match(text.cased, match.end())
        following = _WORD.match(text.cased, gap.end()) if gap else None
        capital = _capital(text, written)
        known = word in FIRST_NAMES or word.split("-", maxsplit=1)[0] in FIRST_NAMES
        if word in _PARTICLES and not known:
            # "Le Gall", "de Villiers", "ben salah"; not "le maire", "de la mairie".
            if following is None or not (capital or read or word[0] != "l"):
                break
            led = following[0].lower()
            named = _capital(text, following[0]) or (unknown and (read or word in _FOREIGN_PARTICLES))
            if led not in _PARTICLES and (_is_common(led) or not named):
                break
            position = following.start()
            continue
        if _is_common(word) or (word[:2] in ("d'", "l'") and not (capital or (unknown and read) or unknown > 1)):
            break
        if not known and not capital:
            before_first_name = read == 0 and following is not None and following[0].lower() in FIRST_NAMES
            after_first_name = read > 0 and not last_capital and unknown == 0
            allowed = unknown > 0 and (unknown > 1 or not last_capital)
            if _NEVER_A_NAME.match(word) or not (allowed or before_first_name or after_first_name):
                break
            unknown -= 1
        if not known and not unknown and _ORIGIN.match(word):
            break
        read, end, last_capital = read + 1, match.end(), capital
        # A full stop after more than an initial ends the sentence.
        if gap is None or (text.cased[match.end()] == "." and len(written) > 2):
            break
        position = gap.end()
    return end


def _chain(text: Folded, end: int) -> Iterator[tuple[int, int]]:
    """Yield the further first names of a list: "mes filles Léa, Inès et Zoé"."""
    while link := _AND.match(text.lower, end):
        word = _WORD.match(text.lower, link.end())
        if not word or word[0] not in FIRST_NAMES:
            return
        end = _read(text, link.end(), unknown=0) or word.end()
        yield link.end(), end


def _introduced(text: Folded) -> Iterator[tuple[int, int]]:
    """Yield the names that a cue introduces."""
    for pattern, unknown in ((_SELF, 2), (_TITLE, 1), (_RELATIVE, 0)):
        for cue in pattern.finditer(text.lower):
            if end := _read(text, cue.end(), unknown):
                yield cue.end(), end
                yield from _chain(text, end)
    for cue in _BEFORE_CAPITAL.finditer(text.cased):
        if not text.shouting and (end := _read(text, cue.end(), unknown=0)):
            yield cue.end(), end
    for cue in _I_AM.finditer(text.lower):
        end = _read(text, cue.end(), unknown=0)
        words = _WORD.findall(text.cased[cue.end() : end]) if end else []
        if end and _is_a_person(words, text.shouting):
            yield cue.end(), end


def _in_full(text: Folded) -> Iterator[tuple[int, int]]:
    """Yield the first names with a capital that a family name with a capital follows, wherever they stand."""
    if text.shouting:
        return
    for start in (match.start() for match in _CAPITALS.finditer(text.cased)):
        first = _WORD.match(text.cased, start)
        if first is None or first[0].lower() in _NO_FIRST_NAME:
            continue
        known = first[0].lower() in FIRST_NAMES or first[0].lower().split("-", maxsplit=1)[0] in FIRST_NAMES
        if not known or _NAMED_AFTER.search(text.lower[max(0, start - 30) : start]):
            continue
        end = _read(text, start, unknown=0)
        words = _WORD.findall(text.cased[start:end]) if end else []
        if end and len(words) > 1 and all(word[0].isupper() for word in words if word.lower() not in _PARTICLES):
            yield start, end


def _is_a_person(words: list[str], shouting: bool) -> bool:
    """Tell that the words after "je suis" are a name: a known first name, or two capitals where they mean something."""
    capitals = [word[0].isupper() and not shouting for word in words]
    first = words[0].lower()
    known = first.split("-", maxsplit=1)[0] in FIRST_NAMES
    return (known and (capitals[0] or first not in _ADJECTIVES)) or (len(words) > 1 and all(capitals))


def _signed(text: Folded) -> Iterator[tuple[int, int]]:
    """Yield the names that stand alone after a closing formula, or alone on the last line."""
    for pattern, unknown in ((_CLOSING, 2), (_LAST_LINE, 0)):
        for closing in pattern.finditer(text.lower if pattern is _CLOSING else text.cased):
            end = _read(text, closing.end(), unknown)
            if not end or not _END_OF_LINE.match(text.cased, end):
                continue
            words = _WORD.findall(text.cased[closing.end() : end])
            known = any(word.lower() in FIRST_NAMES for word in words)
            # Much else follows "merci"; only a known first name is believed there, and on a last line without closing.
            sure = pattern is _CLOSING and not closing["thanks"] and len(max(words, key=len)) > 1
            if known or sure:
                yield closing.end(), end


def find_names(text: Folded) -> Iterator[Span]:
    """Yield the names that are introduced or signed, then each further place where one of their words stands."""
    spans = [*_introduced(text), *_signed(text), *_in_full(text)]
    known = {
        word
        for start, end in spans
        for word in _WORD.findall(text.cased[start:end])
        if len(word) > 2 and word[0].isupper() and not text.shouting and not _is_common(word.lower())
    }
    if known:
        again = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(known)))})\b")
        spans += [match.span() for match in again.finditer(text.cased)]
    for start, end in spans:
        yield Span(start, end, "nom")
