"""What the made-up citizens of the demonstration write; nobody ever wrote it."""

COMMENTS: dict[int, tuple[str, ...]] = {
    10: (
        "Très clair, j'ai trouvé tout de suite la liste des pièces.",
        "Merci, réponse rapide et aimable.",
        "Simple et efficace, je n'ai pas eu besoin de me déplacer.",
        "Enfin des explications que l'on comprend, bravo.",
        "L'agent m'a bien écoutée, accueil parfait.",
        "Démarche facile, tout était expliqué.",
    ),
    5: (
        "La réponse est juste mais il a fallu demander deux fois.",
        "Correct, un peu long pour envoyer les pièces.",
        "Information utile, mais je n'ai pas trouvé les horaires.",
        "Ça va, le formulaire pourrait être plus court.",
    ),
    0: (
        "Toujours pas de réponse après trois semaines, personne ne décroche au téléphone.",
        "On me redemande un justificatif que j'ai déjà envoyé.",
        "Impossible de joindre quelqu'un, je tourne en rond.",
        "Explications incompréhensibles, trop compliqué.",
        "Délai beaucoup trop long, et personne ne m'a prévenue.",
        "L'assistant n'a pas compris ma question.",
        "Le formulaire refuse mon justificatif de domicile sans dire pourquoi.",
    ),
}
"""By the note that goes with it."""
