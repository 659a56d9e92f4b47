"""Finder of postal addresses: number and street with what comes after them, hamlets, flats and boxes."""

import re
from collections.abc import Iterator

from bot.privacy.mask.folded import Folded, Span
from bot.privacy.mask.words import FIRST_NAMES, FUNCTION_WORDS, MONTH, NUMBER_WORD, listed

_STREET = (
    r"rue|r\.|avenue|aven|ave|av|boulevard|boul|bvd|bld|blvd|bd|chemin|chem|che|ch\.|impasse|imp|allees?|all|"
    r"place|plce|pl|quai|route|rte|square|sq|passage|pass|psg|sentier|sente|ruelle|venelle|faubourg|fbg|fg|"
    r"cite|residence|res|lotissement|lot|hameau|esplanade|promenade|prom|rond-point|rond point|villa|clos|"
    r"cours|cour|mail|montee|cote|traverse|domaine|parvis|galerie|chaussee|rampe|voie|parc|grande? ?'?-?rue|"
    r"levee|descente|rocade|pont|quartier|street|road"
)
# Words that also begin something else ("3 cours de français", "2 places"): the name must have a capital.
_AMBIGUOUS = listed("cours cour mail cote lot passage parc villa voie res pass pont galerie domaine")
# Of these an article is enough ("12 villa des Lilas").
_NAMED_BY_ARTICLE = listed("passage parc villa cote cour domaine pont")
_ARTICLE = re.compile(r" (?:du|des|de la|de l'|aux?) ?")
# A number in words only counts before one of these: "douze rue", but not "deux places".
_SURE_TYPES = listed("rue avenue boulevard chemin impasse allee allees quai route square ruelle")
_NUMBER = (
    rf"(?:\d{{1,4}}(?: ?(?:bis|ter|quater)\b| ?[a-f]\b)?(?: ?(?:[-/&]|et) ?\d{{1,4}}(?: ?(?:bis|ter)\b)?)?"
    rf"|(?P<said>(?!une? )(?:{NUMBER_WORD})(?:[ -](?:et[ -])?(?:{NUMBER_WORD})){{0,3}}(?: (?:bis|ter))?))"
)
_NUMBERED = re.compile(
    rf"(?<![\w.,/-])(?:(?:n°|no|numero) ?)?{_NUMBER} ?,? ?(?:de la |du |de l'|-)?(?P<type>{_STREET})(?:\b\.?|(?<=\.))"
)
_UNNUMBERED = re.compile(
    rf"\b(?:habit\w+|demeur\w+|resid(?:e|ant|ons)|domicilie\w*|log(?:e|ee|es|eant)|heberge\w*|adresse ?:|adresse est)"
    rf" (?:actuellement )?(?:a |au |dans )?(?:la |l')?(?P<it>(?P<type>{_STREET})(?:\b\.?|(?<=\.)))"
)
_HAMLET = re.compile(r"\b(?:lieu[ -]?dit|lieux[ -]dits?)(?: ?:)? ")
_UNIT = (
    r"(?:(?:appartement|appart|appt?|apt|logement|log|chambre|chbre|studio|porte|lot|boite|bal|bte)\.? ?"
    r"(?:n° ?|numero )?(?:[a-f]?\d{1,4}[a-f]?|[a-f])\b"
    r"|(?:batiment|bat|immeuble|imm|escalier|esc|entree|tour|hall|bloc)\.? ?(?:n° ?)?(?:[a-z]|\d{1,3})\d?\b"
    r"|(?:rdc|rez[ -]de[ -]chaussee)\b|\d{1,2} ?(?:er|e|eme)? etage\b(?: (?:gauche|droite))?|etage \d{1,2}\b"
    r"|(?:bp|cs|tsa|boite postale) ?(?:n° ?)?\d{2,5}\b)"
)
# On its own a unit is only an address when its short form says so: "appt 12", "bât B", "BP 123".
_LONE_UNIT = re.compile(
    r"\b(?:(?:appt|apt|appart|appartement)\.? ?(?:n° ?|numero )?[a-f]?\d{1,4}[a-f]?\b"
    r"(?! ?(?:pieces?|m2|m\b|euros?|€|ans|mois|personnes?|chambres?))"
    r"|(?:bat|batiment)\.? ?(?:[b-h]\d?\b|a\d?\b(?= *(?:[,.;)\n\d-]|\Z)))(?!')|(?:bp|cs|tsa) ?\d{2,5}\b)"
)
_TAIL = re.compile(
    rf"[ ,;\n-]{{0,4}}(?<![a-z\d])(?:(?P<unit>{_UNIT})|(?P<postcode>(?:f-? ?)?(?:\d{{2}} ?\d{{3}}|2[ab]\d{{3}})(?!\d)))"
)
_ENGLISH = re.compile(
    r"\b\d{1,4}[A-Za-z]? (?:[A-Z][a-z]+ ){1,3}"
    r"(?:Street|Road|Lane|Drive|Avenue|Close|Court|Square|Terrace|Gardens|Way)\b"
)

_DATE_NAME = re.compile(rf" (?:du |des |de l'? ?)?\d{{1,2}} ?(?:er)? ?(?:{MONTH})\b(?: \d{{4}})?")
_TOKEN = re.compile(r" {1,2}((?=[^\W\d_])(?:[^\W_]|['-](?=[^\W_]))++)(\.(?= [^\W\d_])|)")
_PARTICLES = listed("de du des la le les l d au aux en sur sous st ste saint sainte et")
# After one of these a noun must come, whatever it is ("rue du Marché", "rue de la Poste").
_ARTICLES = listed("du des la le les aux au st ste saint sainte")
_ABBREVIATED = listed("st ste gal dr mal cdt prof pdt col cap j")
_NOT_IN_PLACE = re.compile(
    r"(?:[jnmtsc]|qu|jusqu|lorsqu)'|.*-(?:vous|je|il|elle|on|nous)$|"
    r"(?:parking|stationnement|creche|attente|train|concert|internat|disponibles?|assises?)$"
)
_CEDEX = re.compile(r" (?:cedex(?: \d{1,2})?|\d{1,2} ?e(?:r|me)?\b)")


def _name_end(text: Folded, start: int, capital_needed: bool = False) -> int | None:
    """Return where the name of a street or commune that begins at `start` ends, or None when no name is there.

    A name is made of particles and at most four other words. It ends before a word of grammar, and, once it has had a
    capital, before a word without one.
    """
    end, position, words, had_capital, before = None, start, 0, False, ""
    while words < 4 and (token := _TOKEN.match(text.cased, position)):
        if words and (_TAIL.match(text.lower, position) or _CEDEX.match(text.lower, position)):
            break
        word = token[1].lower()
        capital = token[1][0].isupper() or (word[:2] in ("l'", "d'") and token[1][2:3].isupper())
        following = _TOKEN.match(text.cased, token.end())
        # "et" and "en" only inside a name: "rue Pierre et Marie Curie", "aix en provence".
        inside = word not in ("et", "en", "au") or (
            following is not None and (following[1][0].isupper() or following[1].lower() in FIRST_NAMES)
        )
        if word in _PARTICLES and inside:
            position, before = token.end(1), word
            continue
        if _NOT_IN_PLACE.match(word) or (word in FUNCTION_WORDS and (words or before not in _ARTICLES)):
            break
        if had_capital and not capital and before != "sur":
            break
        if words >= 2 and not capital and before not in _PARTICLES and before not in FIRST_NAMES:
            break
        if words == 0 and capital_needed and not capital:
            break
        words, had_capital, before = words + 1, had_capital or capital, word
        if token[2] and word not in _ABBREVIATED:
            return token.end(1)
        end = position = token.end() if token[2] else token.end(1)
    return end


def _tail_end(text: Folded, start: int) -> int:
    """Return where an address whose street ends at `start` ends, floor, postcode and commune included."""
    end = start
    while tail := _TAIL.match(text.lower, end):
        end = tail.end()
        if tail["postcode"]:
            end = _name_end(text, end) or end
            cedex = _CEDEX.match(text.lower, end)
            end = cedex.end() if cedex else end
    return end


def _street_end(text: Folded, match: re.Match[str]) -> int | None:
    """Return where the street whose number and type were matched ends, or None when it is no street."""
    begin = match.end() - (text.lower[match.end() - 1] == " ")
    if dated := _DATE_NAME.match(text.lower, begin):
        return dated.end()
    said = match.groupdict().get("said")
    doubtful = match["type"] in _AMBIGUOUS or (said and match["type"] not in _SURE_TYPES)
    named = match["type"] in _NAMED_BY_ARTICLE and not said and _ARTICLE.match(text.lower, begin)
    end = _name_end(text, begin)
    if not end or not doubtful or named or text.shouting or _TAIL.match(text.lower, end):
        return end
    return _name_end(text, begin, capital_needed=True)


def _merge(spans: list[tuple[int, int]], text: Folded) -> list[tuple[int, int]]:
    """Join the parts of one address that only commas and spaces separate."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 3 and not text.lower[merged[-1][1] : start].strip(" ,;-"):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def find_addresses(text: Folded) -> Iterator[Span]:
    """Yield postal addresses, those on two lines included."""
    spans = [match.span() for match in _ENGLISH.finditer(text.cased)]
    for pattern in (_NUMBERED, _UNNUMBERED):
        for match in pattern.finditer(text.lower):
            if end := _street_end(text, match):
                spans.append((match.start("it") if pattern is _UNNUMBERED else match.start(), _tail_end(text, end)))
    for match in _HAMLET.finditer(text.lower):
        if end := _name_end(text, match.end() - 1):
            spans.append((match.start(), _tail_end(text, end)))
    for match in _LONE_UNIT.finditer(text.lower):
        # A unit that the one before took as its continuation is not followed again.
        if not spans or not spans[-1][0] <= match.start() < spans[-1][1]:
            spans.append((match.start(), _tail_end(text, match.end())))
    for start, end in _merge(spans, text):
        yield Span(start, end, "adresse")
