"""Words as the linker compares them: folded, cut into tokens, without the ones that say nothing."""

import re

from bot.words import fold

# What follows this many characters of a message says nothing more about its service, and costs time.
MAX_CHARACTERS = 2000

_TOKEN = re.compile(r"[a-z0-9]+")


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text, which reads better than a list of quoted ones."""
    return frozenset(words.split())


# Articles, pronouns, auxiliaries and polite words of both languages, with their spelling in text messages: what is left
# of a sentence is what it is about.
FRENCH_EMPTY_WORDS = word_set(
    """
    a ah ai ainsi ait alors apres as au aucun aucune aura aurai aurais aurait aussi autre autres aux avais avait
    avant avec avez avoir avons ayant beaucoup bien bjr bonjour bonsoir bsr bcp c ca car ce ceci cela celle celui
    ces cet cette ceux chacun chaque chez chui ci cmt cmb combien comme comment commen d dans davance de deja depuis
    des desormais dit dois doit doivent donc dont ds du dun dune elle elles en encore enfin est et etaient etais
    etait ete etes etre eu eux faire fais fait faites fasse faudra faudrait faut fois font g h heu hier ici il ils j
    jai jamais jaimerais je jdois jpeux jsuis jusque jveux jvoudrais jy k ke kel kelle ki koi kom komen kommen l la
    le les leur leurs lequel laquelle lors lorsque lui m ma mais malgre me meme memes merci mercis mes messieurs
    mesdames madame monsieur moi moins mon mr mme n ne ni nn non nos notre nous on ont or ou oui par parce pareil
    pas peu peut peuvent peux plait plus point pour pourquoi pourrai pourrais pourrait pourriez pouvait pouvez
    pouvoir pouvons pr prk puis puisque q qd qq qqun quand quant que quel quelle quelles quelque quelques quels
    quest qui quil quoi quon rien s sa salut sans se sera serai serais serait seront ses seul si sil slt soient soit
    son sont sous suis sur svp t ta tant te tel telle tes tjs tjrs toi ton tout toute toutefois toutes tous tres tt
    tu un une v va vais vers veut veux via voici voila voulais voulait voulez vouloir voudrais voudrait voudrions
    vont vos votre vous vrai vraiment vs vu x y ya z
    """
)
ENGLISH_EMPTY_WORDS = word_set(
    """
    able about all also am an and any anyone anything are at back be because been being but by can cannot could
    couldn d did didn do does doesn doing don done dont for from get gets getting go going gonna got had has hasn
    have haven having he hello her here hers hey hi him his how i if im in into is isn it its ive just ll m may me
    might mine more much must my need needs no nor not now of off ok okay on once one only onto or other our ours
    out over own please pls plz re really s shall she should shouldn so some someone something still such sure t
    than thank thanks that the their theirs them then there these they thing things this those through to too u
    under until up upon ur us use ve very want wanted wants was wasn we well were what whats when where whether
    which while who whom whose why will with without won would wouldn wrt yes yet you your yours
    """
)
# Days, months and small numbers say when and how many, never what.
_DATES_AND_NUMBERS = word_set(
    """
    lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout septembre
    octobre novembre decembre aujourd hui demain matin midi soir semaine mois annee heure heures deux trois quatre
    cinq six sept huit neuf dix onze douze quinze vingt trente quarante cinquante cent mille monday tuesday
    wednesday thursday friday saturday sunday january february march april june july august september october
    november december today tomorrow yesterday morning afternoon evening week weeks month months hour hours two
    three four five seven eight nine ten twelve twenty thirty forty fifty hundred thousand
    """
)
EMPTY_WORDS = FRENCH_EMPTY_WORDS | ENGLISH_EMPTY_WORDS | _DATES_AND_NUMBERS


def tokens(text: str) -> list[str]:
    """Return the folded tokens of the first `MAX_CHARACTERS` of a text: runs of letters and digits."""
    return _TOKEN.findall(fold(text[:MAX_CHARACTERS]))


def telling(text: str) -> list[str]:
    """Return the stems of the tokens that say what a text is about."""
    return [stem(token) for token in tokens(text) if is_telling(token)]


def is_telling(token: str) -> bool:
    """Return whether a token can say what a sentence is about."""
    return len(token) > 1 and token not in EMPTY_WORDS


def stem(token: str) -> str:
    """Return a token without the mark of its plural or feminine, which is all that the comparison needs."""
    if len(token) > 3 and token[-1] in "sx":
        token = token[:-1]
    while len(token) > 4 and token[-1] == "e":
        token = token[:-1]
    return token


# How letters sound in French, in the order in which they are heard; enough to compare, not to speak.
_SOUNDS = [
    (re.compile(pattern), heard)
    for pattern, heard in [
        (r"ph", "f"),
        (r"(?:qu|q|c(?=[aouklrt])|ck|ch(?=[rl]))", "k"),
        (r"(?:c|ss|sc|z|t(?=ion))", "s"),
        (r"e?aux?|au", "o"),
        (r"ai|ei|er$|ez$|et$|y", "e"),
        (r"[hw]", ""),
        (r"g(?=[ei])", "j"),
        (r"(?:en|em|am)(?![aeiou])", "an"),
        (r"(.)\1+", r"\1"),
        (r"i", "e"),
        (r"(?<=...)e$", ""),
        (r"(?<=...)[stdpx]$", ""),
    ]
]


def sound(token: str) -> str:
    """Return roughly how a folded French word sounds, so that "alokasion" meets "allocation"."""
    for pattern, heard in _SOUNDS:
        token = pattern.sub(heard, token)
    return token
