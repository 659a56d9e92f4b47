"""The short words on buttons, in French and in English."""

from bot.catalogue.model import Text

_LABELS = {
    "person": Text(fr="Parler à une personne", en="Talk to a person"),
    "other": Text(fr="Autre chose", en="Something else"),
    "other_request": Text(fr="Une autre demande", en="Another request"),
    "theme_papers": Text(fr="Papiers et état civil", en="Papers and civil status"),
    "theme_family": Text(fr="Famille", en="Family"),
    "theme_school": Text(fr="École", en="School"),
    "theme_work": Text(fr="Travail", en="Work"),
    "theme_housing": Text(fr="Logement", en="Housing"),
    "theme_money": Text(fr="Impôts et aides", en="Taxes and benefits"),
    "theme_health": Text(fr="Santé et handicap", en="Health and disability"),
    "theme_transport": Text(fr="Transports", en="Transport"),
    "theme_justice": Text(fr="Justice", en="Justice"),
    "theme_foreigners": Text(fr="Venir et vivre en France", en="Coming to and living in France"),
    "theme_associations": Text(fr="Associations", en="Associations"),
    "theme_town": Text(fr="Vie de la commune", en="Life in town"),
    "submit": Text(fr="Faire la demande ici", en="Make the request here"),
    "feedback": Text(fr="Donner mon avis", en="Give my opinion"),
    "confirm": Text(fr="Confirmer et envoyer", en="Confirm and send"),
    "save": Text(fr="Enregistrer et finir plus tard", en="Save and finish later"),
    "stop": Text(fr="Abandonner", en="Give up"),
    "yes": Text(fr="Oui", en="Yes"),
    "no": Text(fr="Non", en="No"),
    "change": Text(fr="Modifier", en="Change"),
    "keep": Text(fr="Oui, garder", en="Yes, keep it"),
    "continue": Text(fr="Continuer", en="Continue"),
    "remove": Text(fr="Retirer", en="Remove"),
    "resume": Text(fr="Reprendre la demande", en="Go on with the request"),
    "how": Text(fr="Comment faire", en="How to do it"),
    "documents": Text(fr="Documents à fournir", en="Documents needed"),
    "reference": Text(fr="Référence", en="Reference"),
    "access_code": Text(fr="Code d’accès", en="Access code"),
    "track": Text(fr="Suivre ma demande", en="Track my request"),
    "complete": Text(fr="Compléter ma demande", en="Complete my request"),
    "write": Text(fr="Écrire au service", en="Write to the office"),
    "withdraw": Text(fr="Retirer ma demande", en="Withdraw my request"),
    "withdraw_yes": Text(fr="Oui, retirer ma demande", en="Yes, withdraw my request"),
    "withdraw_no": Text(fr="Non, la garder", en="No, keep it"),
    "complain": Text(fr="Réclamer ou contester", en="Complain or appeal"),
    "message": Text(fr="Votre message", en="Your message"),
    "good": Text(fr="🙂 Très bien", en="🙂 Very well"),
    "mixed": Text(fr="😐 Moyen", en="😐 So-so"),
    "bad": Text(fr="🙁 Pas bien", en="🙁 Not well"),
    "comment": Text(fr="Vos mots (facultatif)", en="Your words (optional)"),
    "commune": Text(fr="Commune", en="Town"),
    "not_now": Text(fr="Pas maintenant", en="Not now"),
    "no_comment": Text(fr="Non merci", en="No, thank you"),
}


def label(name: str, language: str) -> str:
    """Return the words of a button."""
    return _LABELS[name][language]
