"""The catalogue's answers as short plain text, in the citizen's language."""

from bot.catalogue.answers import Answer
from bot.catalogue.model import Case, Facet, Service, Source, Text

HEADINGS = {
    Facet.WHO: Text(fr="Qui peut faire la démarche", en="Who can apply"),
    Facet.DOCUMENTS: Text(fr="Documents à fournir", en="Documents needed"),
    Facet.PRICE: Text(fr="Prix", en="Price"),
    Facet.DELAY: Text(fr="Délai", en="How long it takes"),
    Facet.WHERE: Text(fr="Où s'adresser", en="Where to go"),
    Facet.HOW: Text(fr="Comment faire", en="How to do it"),
    Facet.APPOINTMENT: Text(fr="Rendez-vous", en="Appointment"),
    Facet.OFFICE: Text(fr="Contact et horaires", en="Contact and opening hours"),
    Facet.APPEAL: Text(fr="En cas de refus", en="If it is refused"),
}
_FREE = Text(fr="Gratuit", en="Free of charge")
_UNCERTAIN = Text(
    fr="À vérifier sur la page officielle : cela peut varier.", en="Please check the official page: this may vary."
)
_FROM_MEMORY = Text(
    fr="Vérifié sans accès à la page officielle ce jour-là : consultez-la avant de vous déplacer.",
    en="Checked without access to the official page that day: please look at it before you go.",
)


def answer_text(service: Service, facet: Facet, found: Answer, situation: dict[str, str], language: str) -> str:
    """Return the text of an answer: a heading, then each case with what it depends on.

    Args:
        service: the service that is asked about.
        facet: what was asked.
        found: what the catalogue says.
        situation: what is known of the citizen's case, which is not said again.
        language: `fr` or `en`.
    """
    heading = f"{service.title[language]} — {HEADINGS[facet][language].lower()}"
    parts = [_case_text(service, case, situation, language) for case in found.cases]
    space = "\u00a0" if language == "fr" else ""
    # A blank line tells long cases apart; short ones stay a list.
    gap = "\n\n" if len(parts) > 1 and any("\n" in part for part in parts) else "\n"
    return f"{heading}{space}:\n" + gap.join(parts)


def _case_text(service: Service, case: Case, situation: dict[str, str], language: str) -> str:
    lines = []
    if case.amount is not None:
        lines.append(price_text(case.amount, language))
    if case.text is not None:
        lines.append(case.text[language])
    body = " — ".join(lines) if case.amount is not None else " ".join(lines)
    label = case_label(service, case, situation, language)
    if label:
        body = f"{label}{' ' if language == 'fr' else ''}: {body}".rstrip()
    if case.items:
        body = "\n".join([body, *(f"- {item}" for item in case.items[language])]).strip()
    if case.url:
        body += f"\n{case.url}"
    return body if case.certain else f"{body}\n({_UNCERTAIN[language]})"


def case_label(service: Service, case: Case, situation: dict[str, str], language: str) -> str:
    """Return the words for what a case depends on and that the citizen has not said."""
    titles = []
    for key, wanted in case.when.items():
        values = [wanted] if isinstance(wanted, str) else wanted
        if key not in situation:
            options = service.situation(key).options
            titles.append(" / ".join(option.title[language] for option in options if option.value in values))
    return ", ".join(titles)


def price_text(amount: float, language: str) -> str:
    """Return an amount of euros: "Gratuit", "86 €", "7,50 €"."""
    if amount == 0:
        return _FREE[language]
    figure = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    if language == "en":
        return f"€{figure}"
    return figure.replace(",", "\u00a0").replace(".", ",") + "\u00a0€"


def source_wire(source: Source, language: str) -> dict[str, str]:
    """Return a source as the HTTP contract has it; `note` says when the page itself could not be read."""
    wire = {"title": source.title[language], "url": str(source.url), "checked": source.checked.isoformat()}
    if source.basis == "memory":
        wire["note"] = _FROM_MEMORY[language]
    return wire
