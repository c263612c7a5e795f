// Talking to the simulator: JSON requests and one stream of events.

/** Problem is an answer that isn't a success; its message is for people. */
export class Problem extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** ask fetches JSON; an answer that isn't a success becomes a Problem. */
export async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, credentials: "same-origin", cache: "no-store" });
  } catch {
    throw new Problem("The simulator can't be reached. Is it still running?", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(answer.error ?? `The simulator answered ${response.status}.`, response.status);
  return answer;
}

/** get reads, with its parameters in the query. */
export function get(path, params = {}) {
  const query = new URLSearchParams(Object.entries(params).filter(([, v]) => v));
  return ask(`/ui/${path}?${query}`, {});
}

/** post does something as a person. */
export function post(path, body) {
  return send(`/ui/${path}`, JSON.stringify(body));
}

/** send posts a text of JSON to any path. */
export function send(path, text) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: text });
}

/**
 * follow calls changed(change) for everything that happens, and online(bool)
 * as the stream comes and goes. The stream keeps no history: after each start
 * the page fetches what it shows anew. Returns a function that ends it.
 */
export function follow(as, { changed, online }) {
  const stream = new EventSource(`/ui/events?as=${encodeURIComponent(as)}`);
  stream.addEventListener("ready", () => online(true));
  stream.addEventListener("change", (event) => changed(JSON.parse(event.data)));
  stream.addEventListener("error", () => online(false));
  return () => stream.close();
}
