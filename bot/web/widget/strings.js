/** Every word of the interface, in French then in English. What the assistant says comes from the gateway. */

const WORDS = {
  colon: ["\u00a0: ", ": "],
  launcher: ["Une question\u00a0?", "Any question?"],
  title: ["Le guichet en ligne", "Online counter"],
  close: ["Fermer la conversation", "Close the conversation"],
  menu: ["Options de la conversation", "Conversation options"],
  otherLanguage: ["English", "Français"],
  machine: ["Assistant automatique", "Automatic assistant"],
  waiting: ["Demande transmise à un agent", "Handed over to an agent"],
  agent: ["Vous échangez avec un agent", "You are talking to an agent"],
  person: ["Parler à une personne", "Talk to a person"],
  personText: ["Je voudrais parler à une personne", "I would like to talk to a person"],
  aboutLabel: ["\u00a0: à propos", ": about"],
  hide: ["Masquer cette annonce", "Hide this announcement"],
  timesItem: ["Afficher les heures", "Show times"],
  aloudItem: ["Lire à voix haute", "Read aloud"],
  downloadItem: ["Télécharger la conversation", "Download the conversation"],
  endItem: ["Terminer la conversation", "End the conversation"],
  endText: ["C’est tout, merci. Au revoir.", "That is all, thank you. Goodbye."],
  restartItem: ["Recommencer", "Start again"],
  eraseItem: ["Effacer ma conversation", "Erase my conversation"],
  by: [
    { bot: "Assistant\u00a0: ", agent: "Agent\u00a0: ", system: "Information\u00a0: ", citizen: "Vous\u00a0: " },
    { bot: "Assistant: ", agent: "Agent: ", system: "Information: ", citizen: "You: " },
  ],
  typing: ["L’assistant prépare sa réponse…", "The assistant is preparing its answer…"],
  offline: [
    "Le service ne répond pas. Rien n’est perdu\u00a0: nous réessayons.",
    "The service does not answer. Nothing is lost: we keep trying.",
  ],
  resumed: ["Reprise de votre conversation", "Your conversation continues"],
  gone: [
    "La conversation précédente a expiré. En voici une nouvelle.",
    "The former conversation has expired. Here is a new one.",
  ],
  goOn: ["Reprendre", "Go on"],
  kept: ["Réponse enregistrée", "Answer recorded"],
  pending: ["En attente d’envoi", "Waiting to be sent"],
  refused: ["Non envoyé", "Not sent"],
  retry: ["Réessayer", "Try again"],
  suggestions: ["Réponses proposées", "Suggested answers"],
  newWindow: [" (nouvelle fenêtre)", " (new window)"],
  source: ["Source\u00a0: ", "Source: "],
  checked: [(date) => `vérifié le ${date}`, (date) => `checked on ${date}`],
  request: ["Votre demande", "Your request"],
  reference: ["Numéro de suivi", "Reference"],
  accessCode: ["Code d’accès", "Access code"],
  state: ["État", "State"],
  due: ["Réponse attendue avant le", "Answer expected before"],
  history: ["Étapes", "Steps"],
  receipt: ["Récépissé de la demande", "Receipt of the request"],
  copy: ["Copier", "Copy"],
  copied: ["Copié", "Copied"],
  keep: [
    "Gardez-les\u00a0: ils vous seront demandés pour suivre la demande.",
    "Keep them: you will need them to follow the request.",
  ],
  states: [
    {
    draft: "Brouillon",
    filed: "Déposée",
    to_complete: "À compléter",
    under_examination: "En cours d’examen",
    accepted: "Acceptée",
    refused: "Refusée",
    closed: "Classée",
    withdrawn: "Retirée",
  },
    {
    draft: "Draft",
    filed: "Filed",
    to_complete: "To be completed",
    under_examination: "Under examination",
    accepted: "Accepted",
    refused: "Refused",
    closed: "Closed",
    withdrawn: "Withdrawn",
  },
  ],
  message: ["Votre message", "Your message"],
  send: ["Envoyer", "Send"],
  optional: ["facultatif", "optional"],
  step: [(step, steps) => `Étape ${step} sur ${steps}`, (step, steps) => `Step ${step} of ${steps}`],
  skip: ["Passer", "Skip"],
  skipText: ["passer", "skip"],
  back: ["Retour", "Back"],
  backText: ["retour", "go back"],
  stop: ["Arrêter", "Stop"],
  stopText: ["arrêter", "stop"],
  write: ["Répondre par écrit", "Answer in writing"],
  edit: ["Modifier", "Change"],
  check: ["Vérifiez, puis envoyez", "Check, then send"],
  from: ["du", "from"],
  to: ["au", "to"],
  missingDate: [
    "Indiquez une date complète\u00a0: jour, mois et année.",
    "Give a whole date: day, month and year.",
  ],
  missingPeriod: [
    "Indiquez deux dates, la première avant la seconde.",
    "Give two dates, the first before the second.",
  ],
  missingFile: ["Choisissez un fichier.", "Choose a file."],
  tooMany: [
    (count) => `${count} fichier${count === 1 ? "" : "s"} au plus.`,
    (count) => `${count} file${count === 1 ? "" : "s"} at most.`,
  ],
  tooLarge: [
    (name, size) => `${name} est trop lourd\u00a0: ${size}\u00a0Mo au plus.`,
    (name, size) => `${name} is too large: ${size} MB at most.`,
  ],
  uploading: ["Envoi du fichier…", "Sending the file…"],
  missingChoice: ["Cochez au moins une réponse.", "Tick at least one answer."],
  tooLong: [
    (count) => `Trop long de ${count} caractère${count === 1 ? "" : "s"}\u00a0: raccourcissez le message.`,
    (count) => `${count} character${count === 1 ? "" : "s"} too long: shorten the message.`,
  ],
  unread: [
    (count) => (count === 1 ? "1 nouveau message" : `${count} nouveaux messages`),
    (count) => (count === 1 ? "1 new message" : `${count} new messages`),
  ],
  cancel: ["Annuler", "Cancel"],
  ok: ["Fermer", "Close"],
  aboutTitle: ["À propos de cet assistant", "About this assistant"],
  aboutText: [
    "Le programme peut se tromper\u00a0: fiez-vous à la source sous la réponse. Ce navigateur garde de quoi reprendre " +
    "la conversation, rien d’autre. «\u00a0Effacer ma conversation\u00a0», dans le menu, efface tout.",
    "The program can be wrong: rely on the source under the answer. This browser keeps what is needed to continue the " +
    "conversation, nothing else. “Erase my conversation”, in the menu, erases everything.",
  ],
  restartTitle: ["Recommencer\u00a0?", "Start again?"],
  restartText: [
    "Celle-ci ne sera plus affichée\u00a0: téléchargez-la pour la garder.",
    "This one will no longer be shown: download it to keep it.",
  ],
  eraseTitle: ["Effacer la conversation\u00a0?", "Erase the conversation?"],
  eraseText: [
    "Les messages seront effacés définitivement. Une demande déjà déposée n’est pas annulée.",
    "The messages will be erased for good. A request that was filed is not cancelled.",
  ],
  erase: ["Effacer", "Erase"],
  erasedTitle: ["Conversation effacée", "Conversation erased"],
  erasedText: ["Voici le reçu de l’effacement.", "Here is the receipt of the erasure."],
  receiptOf: [
    { conversation: "Conversation", at: "Effacée le", messages: "Messages effacés", feedback: "Avis effacés" },
    {
    conversation: "Conversation",
    at: "Erased on",
    messages: "Messages erased",
    feedback: "Opinions erased",
  },
  ],
  failedTitle: ["Cela n’a pas fonctionné", "That did not work"],
  unreachable: [
    "Le service ne répond pas. Réessayez dans un instant.",
    "The service does not answer. Try again in a moment.",
  ],
};

/**
 * Return the words of a language, French when it is neither French nor English.
 *
 * @param {string} language
 */
export function strings(language) {
  const index = language === "en" ? 1 : 0;
  return Object.fromEntries(Object.entries(WORDS).map(([name, both]) => [name, both[index]]));
}

/** Return `en` for an English language tag (`en`, `en-GB`), `fr` for anything else. */
export function supported(tag) {
  return /^en\b/i.test(tag ?? "") ? "en" : "fr";
}
