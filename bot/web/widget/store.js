/** What the browser keeps so that a reload, or another page of the site, resumes the conversation. */

const DAY = 24 * 60 * 60 * 1000;

/**
 * The saved conversation: `{id, token, mode, outbox}`, where the outbox holds the messages not delivered yet.
 *
 * In the tab only (`session`, so that closing it on a shared computer leaves nothing), or in the browser for a day
 * (`local`). A browser that refuses storage still has a conversation, for as long as the page lives.
 */
export class Store {
  #area;
  #key;

  /**
   * @param {string} base address of the gateway: two gateways on one site do not share a conversation.
   * @param {"session"|"local"} kind
   */
  constructor(base, kind) {
    this.#key = `guichet:${base}`;
    this.#area = area(kind === "local" ? "localStorage" : "sessionStorage");
  }

  /** Return the saved conversation, or null when there is none or it was last used more than a day ago. */
  read() {
    try {
      const saved = JSON.parse(this.#area.getItem(this.#key));
      if (!saved?.id || !saved.token || Date.now() - saved.used > DAY) return null;
      return saved;
    } catch {
      return null;
    }
  }

  /** Save the conversation. */
  write(conversation) {
    try {
      this.#area.setItem(this.#key, JSON.stringify({ ...conversation, used: Date.now() }));
    } catch {
      // A full storage only costs the resuming.
    }
  }

  /** Forget the conversation. */
  clear() {
    this.#area.removeItem(this.#key);
  }
}

/** What the citizen chose in this tab: the panel open or closed, the language when it is not the page's; else null. */
export const choices = {
  get open() {
    const kept = area("sessionStorage").getItem("guichet:open");
    return kept && kept === "yes";
  },
  set open(open) {
    keep("guichet:open", open ? "yes" : "no");
  },
  get language() {
    return area("sessionStorage").getItem("guichet:language");
  },
  set language(language) {
    keep("guichet:language", language);
  },
};

function keep(key, value) {
  if (value) area("sessionStorage").setItem(key, value);
  else area("sessionStorage").removeItem(key);
}

const memory = new Map();
const inMemory = {
  getItem: (key) => memory.get(key) ?? null,
  setItem: (key, value) => memory.set(key, value),
  removeItem: (key) => memory.delete(key),
};

function area(name) {
  try {
    return window[name] ?? inMemory;
  } catch {
    // Browsers that block storage throw on the mere mention of it.
    return inMemory;
  }
}
