"""Words as they are abbreviated on a phone, spelt out: "slt g perdu ma cni koi faire", "pls can u help"."""

import re

_SPELT_OUT = {
    # French
    **dict.fromkeys(("koi", "kwa", "qoi"), "quoi"),
    **dict.fromkeys(("pk", "pq", "pkoi", "pourkoi", "prk"), "pourquoi"),
    **dict.fromkeys(("psk", "psq", "pcq", "parske", "paske"), "parce que"),
    **dict.fromkeys(("komen", "kommen", "koman", "commen", "comen"), "comment"),
    **dict.fromkeys(("kel", "kelle", "kels", "kelles"), "quel"),
    **dict.fromkeys(("kan", "qd", "kand"), "quand"),
    **dict.fromkeys(("jsuis", "chui", "chuis", "jss"), "je suis"),
    **dict.fromkeys(("tjs", "tjr", "tjrs"), "toujours"),
    **dict.fromkeys(("mtn", "mnt"), "maintenant"),
    **dict.fromkeys(("qqn", "qqun", "kelkun"), "quelqu'un"),
    **dict.fromkeys(("combi1", "cbien", "cmb", "cmbien", "conbien", "kombien"), "combien"),
    **dict.fromkeys(("svp", "stp", "silvouplai"), "s'il vous plait"),
    **dict.fromkeys(("fo", "fodrai"), "faut"),
    **dict.fromkeys(("dmd", "dmde"), "demande"),
    **{"ki": "qui", "ke": "que", "pr": "pour", "ds": "dans", "tt": "tout", "jms": "jamais", "vs": "vous"},
    **{"jai": "j'ai", "jpeux": "je peux", "jveux": "je veux", "jdois": "je dois", "jvoudrais": "je voudrais"},
    **{"jvais": "je vais", "jsp": "je ne sais pas", "jcrois": "je crois", "jarrive": "j'arrive", "ya": "il y a"},
    **{"slt": "salut", "bjr": "bonjour", "bsr": "bonsoir", "mci": "merci", "mrc": "merci", "rdv": "rendez-vous"},
    **{"pb": "probleme", "bcp": "beaucoup", "avc": "avec", "ns": "nous", "dc": "donc", "qqch": "quelque chose"},
    **{"lgtps": "longtemps", "tps": "temps", "auj": "aujourd'hui", "nn": "non", "cmt": "comment", "ac": "avec"},
    # English
    **dict.fromkeys(("pls", "plz", "pliz"), "please"),
    **dict.fromkeys(("thx", "thnx", "tnx"), "thanks"),
    **dict.fromkeys(("cuz", "coz", "bcoz", "bc"), "because"),
    **dict.fromkeys(("wat", "wot"), "what"),
    **{"ur": "your", "wen": "when", "wanna": "want to", "gonna": "going to", "dunno": "do not know", "im": "i'm"},
    **{"idk": "i do not know", "appt": "appointment", "abt": "about", "w8": "wait", "hv": "have"},
}
_LETTERS = {"g": "j'ai", "c": "c'est", "k": "que", "u": "you", "r": "are"}
"""Letters that stand for words, unless they name a class: "permis C", "category C licence"."""
_WORD = re.compile(
    r"(?<![\w'-])(?:(permis|categorie|licence|license|category|classe?|type|zone|hepatite) )?(\w+)(?![\w'-])"
)


def spell_out(text: str) -> str:
    """Return a folded text with what is abbreviated in it spelt out."""
    return _WORD.sub(_spelt_out, text)


def _spelt_out(found: re.Match[str]) -> str:
    class_of, word = found[1], found[2]
    if class_of:
        return found[0]
    return _SPELT_OUT.get(word) or _LETTERS.get(word, word)
