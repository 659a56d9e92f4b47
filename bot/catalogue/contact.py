"""How to reach an office, in one line."""

from bot.catalogue.administrations import Administration


def contact_line(administration: Administration, language: str) -> str:
    """Return the name of an office with its phone, hours, address and page, as far as they are known."""
    parts = [
        administration.phone,
        administration.hours[language] if administration.hours else None,
        administration.address,
        str(administration.url) if administration.url else None,
    ]
    known = ", ".join(part for part in parts if part)
    return f"{administration.name[language]} ({known})" if known else administration.name[language]
