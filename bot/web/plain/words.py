"""The words of the pages without JavaScript, in French and in English."""

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Le guichet en ligne", "Online counter"),
    "other": ("English", "Français"),
    "skip": ("Aller à la réponse", "Go to the answer"),
    "intro": (
        "Ici, un assistant automatique, une machine, répond à vos questions sur les démarches, prend certaines "
        "demandes et dit où elles en sont. Vous pouvez demander une personne à tout moment.",
        "Here an automatic assistant, a machine, answers questions about public services, takes some requests and says "
        "where they stand. You can ask for a person at any time.",
    ),
    "kept": (
        "Vos messages sont gardés sans votre identité pour améliorer le service. N'écrivez rien de sensible. Un cookie "
        "retient votre conversation jusqu'à la fermeture du navigateur ; il ne sert qu'à cela.",
        "Your messages are kept without your identity to improve the service. Write nothing sensitive. A cookie "
        "remembers your conversation until the browser is closed; it is for nothing else.",
    ),
    "start": ("Commencer", "Start"),
    "place": ("Vous êtes à la place {place} dans la file", "You are number {place} in the line"),
    "busy": (
        "Beaucoup de monde est là en ce moment. Ceux qui sont arrivés avant vous passent d'abord.",
        "Many people are here at the moment. Those who came before you go first.",
    ),
    "reloads": (
        "Cette page regarde où vous en êtes toutes les {seconds} secondes. Vous n'avez rien à faire.",
        "This page looks where you stand every {seconds} seconds. There is nothing that you need to do.",
    ),
    "by_hand": (
        "Cette page ne change plus d'elle-même. Regardez de temps en temps où vous en êtes.",
        "This page no longer changes by itself. Look from time to time where you stand.",
    ),
    "look_now": ("Regarder maintenant", "Look now"),
    "no_reload": ("Ne plus changer la page toute seule", "Stop changing the page by itself"),
    "turn": ("C'est votre tour", "It is your turn"),
    "turn_text": (
        "Vous avez cinq minutes pour commencer. Après, il faudra peut-être attendre un peu.",
        "You have five minutes to start. After that you may have to wait a little.",
    ),
    "messages": ("Votre conversation", "Your conversation"),
    "bot": ("Assistant", "Assistant"),
    "agent": ("Agent", "Agent"),
    "system": ("Information", "Information"),
    "citizen": ("Vous", "You"),
    "answered": ("Réponse enregistrée", "Answer recorded"),
    "answer": ("Votre réponse", "Your answer"),
    "message": ("Votre message", "Your message"),
    "optional": ("facultatif", "optional"),
    "choose": ("Choisissez", "Choose"),
    "send": ("Envoyer", "Send"),
    "step": ("Étape {step} sur {steps}", "Step {step} of {steps}"),
    "from": ("Du", "From"),
    "to": ("au", "to"),
    "skip_question": ("Passer", "Skip"),
    "back": ("Retour", "Back"),
    "stop": ("Arrêter", "Stop"),
    "person": ("Parler à une personne", "Talk to a person"),
    "person_text": ("Je voudrais parler à une personne", "I would like to talk to a person"),
    "refresh": ("Actualiser", "Refresh"),
    "download": ("Télécharger la conversation", "Download the conversation"),
    "erase": ("Effacer ma conversation", "Erase my conversation"),
    "erase_sure": (
        "Les messages seront effacés définitivement. Une demande déjà déposée n'est pas annulée.",
        "The messages will be erased for good. A request that was filed is not cancelled.",
    ),
    "erase_yes": ("Effacer", "Erase"),
    "cancel": ("Annuler", "Cancel"),
    "erased": ("Conversation effacée", "Conversation erased"),
    "erased_text": ("Voici le reçu de l'effacement.", "Here is the receipt of the erasure."),
    "again": ("Nouvelle conversation", "New conversation"),
    "error": ("Cela n'a pas fonctionné", "That did not work"),
    "source": ("Source", "Source"),
    "checked": ("vérifié le", "checked on"),
    "reference": ("Numéro de suivi", "Reference"),
    "access_code": ("Code d'accès", "Access code"),
    "state": ("État", "State"),
    "steps": ("Étapes", "Steps"),
    "due": ("Réponse attendue avant le", "Answer expected before"),
    "receipt": ("Récépissé de la demande", "Receipt of the request"),
    "receipt_number": ("Numéro du reçu", "Receipt number"),
    "receipt_at": ("Effacée le", "Erased on"),
    "receipt_messages": ("Messages effacés", "Messages erased"),
    "receipt_requests_kept": ("Demandes gardées par l'administration", "Requests kept by the office"),
    "receipt_feedback": ("Avis détachés de vous", "Opinions detached from you"),
    "draft": ("Brouillon", "Draft"),
    "filed": ("Déposée", "Filed"),
    "to_complete": ("À compléter", "To be completed"),
    "under_examination": ("En cours d'examen", "Under examination"),
    "accepted": ("Acceptée", "Accepted"),
    "refused": ("Refusée", "Refused"),
    "closed": ("Classée", "Closed"),
    "withdrawn": ("Retirée", "Withdrawn"),
    "opinion": ("Comment cela s'est-il passé ?", "How did it go?"),
    "opinion_about": ("Démarche", "Service"),
    "opinion_optional": (
        "Répondre est facultatif. Un appui suffit : votre réponse est gardée sans votre nom.",
        "Answering is optional. One press is enough: your answer is kept without your name.",
    ),
    "opinion_more": ("Merci, c'est noté", "Thank you, noted"),
    "opinion_each": (
        "Vous pouvez en dire plus. Chaque question est facultative, et vous pouvez fermer cette page.",
        "You can say more. Each question is optional, and you may close this page.",
    ),
    "opinion_words": ("Vos mots (facultatif)", "Your words (optional)"),
    "opinion_personal": ("N'écrivez rien de personnel.", "Please write nothing personal."),
    "opinion_thanks": ("Merci, vos réponses aideront à améliorer le service.", "Thank you, it will help us improve."),
    "opinion_used": ("Vous avez déjà répondu. Merci.", "You have answered already. Thank you."),
    "opinion_gone": ("Ce lien n'est plus valable.", "This link is not valid any more."),
    "face_good": ("🙂 Très bien", "🙂 Very well"),
    "face_mixed": ("😐 Moyen", "😐 So-so"),
    "face_bad": ("🙁 Pas bien", "🙁 Not well"),
    "file": (
        "{kinds}, {size} Mo au plus. Nombre de fichiers : {count} au plus.",
        "{kinds}, {size} MB at most. Number of files: {count} at most.",
    ),
}


def words(language: str) -> dict[str, str]:
    """Return the words of a language, French when it is not English."""
    index = 1 if language == "en" else 0
    return {name: both[index] for name, both in _WORDS.items()}
