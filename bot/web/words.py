"""What a citizen is told when a call is refused, in French; English is the `detail` of the error itself."""

_FRENCH = {
    "empty-message": "Le message est vide.",
    "message-too-long": "Le message est trop long : {limit} caractères au plus.",
    "too-large": "L'envoi est trop volumineux.",
    "file-too-large": "Le fichier est trop lourd : {limit} Mo au plus.",
    "file-empty": "Le fichier est vide.",
    "file-type": "D'après son contenu, ce fichier n'est ni un PDF ni une image JPEG, PNG ou WebP.",
    "file-heic": "Les photos HEIC ne s'ouvrent pas partout. Réglez l'appareil photo sur le format le plus compatible, "
    "ou envoyez une capture d'écran de la photo.",
    "file-locked": "Ce PDF est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis renvoyez-le.",
    "file-broken": "Cette image ne s'ouvre pas : elle est peut-être abîmée. Reprenez-la ou enregistrez-la à nouveau.",
    "file-pixels": "Cette image est trop grande. Envoyez-en une plus petite.",
    "files-quota": "Vous avez envoyé autant de fichiers que possible ici. Continuez sans, ou demandez une personne.",
    "no-file-awaited": "Aucune demande en cours n'attend de fichier.",
    "no-file": "Le fichier n'est pas arrivé. Choisissez-le à nouveau.",
    "unknown-file": "Ce fichier n'existe pas ou plus.",
    "wrong-pair": "Cette référence et ce code ne vont pas ensemble.",
    "slow-down": "Trop de messages en peu de temps. Réessayez dans {retry_after} secondes.",
    "too-many-at-once": "Trop de fenêtres ouvertes en même temps. Réessayez dans {retry_after} secondes.",
    "too-slow": "L'envoi a mis trop de temps à arriver. Réessayez.",
    "wrong-token": "Cette conversation n'existe plus, ou n'est pas la vôtre.",
    "conversation-erased": "Cette conversation a été effacée.",
    "unknown-button": "Ce choix n'est plus disponible. Écrivez votre demande.",
    "unknown-service": "Cette démarche n'existe pas ici.",
    "action-failed": "Un problème est survenu de notre côté. Votre message n'est pas perdu : renvoyez-le.",
    "no-answer": "Un problème est survenu de notre côté. Votre message n'est pas perdu : renvoyez-le.",
    "failed": "Un problème est survenu de notre côté. Réessayez dans un instant.",
    "database-unavailable": "Le service est interrompu pour un moment. Réessayez dans un instant.",
    "spool-full": "Le service est interrompu et ne peut plus rien garder. Réessayez dans {retry_after} secondes.",
    "conversation-not-remembered": "Le service est interrompu pour un moment. Réessayez dans un instant.",
    "engine-unavailable": "L'assistant ne répond pas pour le moment. Réessayez dans un instant.",
    "engine-silent": "L'assistant ne répond pas pour le moment. Réessayez dans un instant.",
    "conversation-busy": "Un message précédent est encore en cours. Réessayez dans un instant.",
    "engine-away": "L'assistant ne répond pas pour le moment. Réessayez dans un instant.",
    "engine-starting": "L'assistant démarre. Réessayez dans un instant.",
}


def detail_for(problem: dict[str, object], accept_language: str) -> str:
    """Return the detail of a problem document in the language that the caller prefers.

    Args:
        problem: the document, with its `code`, its English `detail`, and the values that fill the sentence.
        accept_language: the header of that name; French is used when it comes first.
    """
    french = _FRENCH.get(str(problem["code"]))
    if french is None or not accept_language.lower().startswith("fr"):
        return str(problem["detail"])
    return french.format_map(problem)
