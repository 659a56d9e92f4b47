"""French text as the search compares it: folded, cut at elisions, without empty words, reduced to stems.

The stemmer is Snowball's for French. It is fed words without accents, because half of what people type has none, and
without the plural, which it leaves on words in -us and -ois ("revenus", "emplois").
"""

import re
from functools import lru_cache
from threading import Lock

import snowballstemmer

from bot.words import fold

MAX_CHARACTERS = 4000
"""What follows in a query is not read. The longest real e-mails that we have seen are a third of this."""

_TOKEN = re.compile(r"[a-z0-9]+")
# Only the words of grammar. The others need no list: a word that no title has weighs nothing, one that many have weighs
# little. `don`, `point` or `non` are not here: they are what some fiches are about.
_EMPTY = frozenset(
    """
    a ai aie ait as au aux avait avec avez avoir avons c ca car ce ceci cela celle celui ces cet cette ceux ci d
    dans de des dois doit doivent donc dont du elle elles en est et etaient etais etait ete etes etre eu eux fait
    faire fais faut furent ici il ils j je l la le les leur leurs lui m ma mais me meme mes moi mon n ne ni nos
    notre nous on ont or ou par pas peut peuvent peux plus pour pouvez pouvoir pouvons puis qu quand que quel quelle
    quelles quels qui quoi s sa se sera serai serait ses si sont sous suis sur t ta te tes toi ton tu un une va vais
    vers veut veux vos votre vous y bonjour merci cordialement madame monsieur svp bonsoir comment lorsque alors
    ainsi aussi the of and to in is my i for an how do can where what
    """.split()
)
# Snowball gives the same stem to what has nothing in common in the administration's language.
_OWN_STEMS = {"retraite": "retraite", "retraites": "retraite", "mutuelle": "mutuelle", "mutuelles": "mutuelle"}
_snowball = snowballstemmer.stemmer("french")
_one_at_a_time = Lock()
"""Snowball's stemmer keeps the word that it works on in itself, and searches run in threads."""


def words(text: str) -> list[str]:
    """Return the telling words of a text, folded, in their order."""
    return [word for word in _TOKEN.findall(fold(text)) if word not in _EMPTY and len(word) > 1]


def terms(text: str) -> list[str]:
    """Return the stems of the telling words of a text, in their order."""
    return [stem(word) for word in words(text)]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the stem of a folded word."""
    if word in _OWN_STEMS:
        return _OWN_STEMS[word]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    with _one_at_a_time:
        stemmed: str = _snowball.stemWord(word)
    return stemmed
