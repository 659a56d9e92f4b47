/** The gateway's HTTP calls, as promises, and its server-sent events, as an asynchronous sequence. */

const CALL_TIMEOUT = 20_000;
const UPLOAD_TIMEOUT = 180_000;
// The gateway sends a comment line now and then; a connection silent for longer than this is dead without saying so.
const SILENCE = 90_000;
// After a sleep the watchdog is late: a page that is looked at again does not wait for it.
const DOUBTFUL = 30_000;

/**
 * A call that failed.
 *
 * `status` is 0 when there was no answer. `temporary` says that the same call may succeed later; `gone` that the
 * conversation does not exist any more for this token. `ticket` keeps a place in the line when the counter is busy.
 */
export class GatewayError extends Error {
  constructor(status, detail = "", retryAfter = 0, ticket) {
    super(detail || `HTTP ${status}`);
    this.status = status;
    this.detail = detail;
    this.retryAfter = retryAfter;
    this.ticket = ticket;
  }

  get temporary() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  get gone() {
    return [401, 403, 404, 410].includes(this.status);
  }
}

/** The calls of one gateway. */
export class Gateway {
  /** @param {string} base address of the gateway, with its final slash. */
  constructor(base) {
    this.base = base;
  }

  /** Begin a conversation: `{id, token, messages}`. */
  create(body) {
    return this.#call("POST", "api/conversations", { body });
  }

  /** Read a conversation again: `{id, language, mode, messages}`. */
  read({ id, token }) {
    return this.#call("GET", `api/conversations/${encodeURIComponent(id)}`, { token });
  }

  /** Send one message `{id, text}`: `{messages}`. The same id is answered once, so that retrying is safe. */
  send({ id, token }, message) {
    const body = { id: message.id, text: message.text };
    return this.#call("POST", `api/conversations/${encodeURIComponent(id)}/messages`, { token, body });
  }

  /** Have the answers in another language from now on: `{messages}`. */
  speak({ id, token }, language) {
    return this.#call("PUT", `api/conversations/${encodeURIComponent(id)}/language`, { token, body: { language } });
  }

  /** Hand a file in: `{name, payload}`; the payload is then sent as the answer. */
  upload({ id, token }, file) {
    const form = new FormData();
    form.append("file", file);
    return this.#call("POST", `api/conversations/${encodeURIComponent(id)}/files`, { token, form });
  }

  /** Read what the office announces: `{text}`. */
  banner(language) {
    return this.#call("GET", `api/banner?language=${language}`);
  }

  /** Erase a conversation: `{receipt}`. */
  erase({ id, token }) {
    return this.#call("DELETE", `api/conversations/${encodeURIComponent(id)}`, { token });
  }

  /**
   * Listen to a conversation until the connection ends. The first event is `{name: "open"}`.
   *
   * `EventSource` cannot send the token in a header, and a token in an address ends up in logs: hence `fetch`.
   *
   * @param {{id: string, token: string}} conversation
   * @param {string} last identifier of the last event received, or an empty string.
   * @param {AbortSignal} signal
   * @yields {{id?: string, name: string, data?: unknown}}
   */
  async *events({ id, token }, last, signal) {
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal.addEventListener("abort", stop);
    let watchdog = setTimeout(stop, SILENCE);
    let heard = Date.now();
    const wake = () => document.hidden || Date.now() - heard < DOUBTFUL || stop();
    document.addEventListener("visibilitychange", wake);
    try {
      const headers = { Accept: "text/event-stream", Authorization: `Bearer ${token}` };
      if (last) headers["Last-Event-ID"] = last;
      const response = await this.#fetch(`api/conversations/${encodeURIComponent(id)}/events`, {
        headers,
        signal: connection.signal,
      });
      yield { name: "open" };
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = "", chunk; !(chunk = await reader.read()).done;) {
        clearTimeout(watchdog);
        watchdog = setTimeout(stop, SILENCE);
        heard = Date.now();
        const blocks = (text + chunk.value).split(/\r?\n\r?\n/);
        text = blocks.pop();
        yield* blocks.map(parseEvent).filter((event) => event.data !== undefined);
      }
    } finally {
      clearTimeout(watchdog);
      document.removeEventListener("visibilitychange", wake);
      signal.removeEventListener("abort", stop);
      connection.abort();
    }
  }

  async #call(method, path, { token, body, form } = {}) {
    const headers = { Accept: "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const signal = AbortSignal.timeout(form ? UPLOAD_TIMEOUT : CALL_TIMEOUT);
    const response = await this.#fetch(path, { method, headers, signal, body: form ?? (body && JSON.stringify(body)) });
    try {
      return await response.json();
    } catch {
      // Cut in the middle of the answer, or answered by something that is not the gateway.
      throw new GatewayError(0);
    }
  }

  async #fetch(path, options) {
    let response;
    try {
      response = await fetch(this.base + path, { cache: "no-store", credentials: "omit", ...options });
    } catch {
      throw new GatewayError(0);
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    // The header is not readable from another origin; the gateway repeats it in the document.
    const wait = Number(problem.retry_after ?? response.headers.get("Retry-After")) || 0;
    throw new GatewayError(response.status, problem.detail, wait, problem.ticket);
  }
}

/** Read one block of a server-sent events stream; a block of comments has no `data`. */
function parseEvent(block) {
  const event = { name: "message" };
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "id") event.id = value;
    if (field === "event") event.name = value;
    if (field === "data") data.push(value);
  }
  if (data.length) event.data = JSON.parse(data.join("\n"));
  return event;
}

/**
 * Wait before another try: 1, 2, 4… 30 seconds, spread by half so that a thousand widgets do not return together.
 * Returns at once when the browser finds the network again.
 *
 * @param {number} attempt 0 for the first wait.
 * @param {AbortSignal} signal
 * @param {number} [atLeast] seconds that the gateway asked for.
 */
export function backOff(attempt, signal, atLeast = 0) {
  const seconds = Math.max(atLeast, Math.min(30, 2 ** attempt) * (0.5 + Math.random()));
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
