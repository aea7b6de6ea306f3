// Asks the API. A server that is away, late or full is asked again until it answers.

/** The server's reason (RFC 9457) not to answer; asking again would bring the same. */
export class Refusal extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title);
    this.type = problem.type;
  }
}

/** Milliseconds. */
const lateAfter = 1500;
const givenUpAfter = 15000;
const pauses = [500, 1000, 2000, 4000, 8000];

/** A status that passes: too many requests, or a fault of the server or of what is before it. */
const passes = (status) => status === 408 || status === 429 || status >= 500;

/** What each lane that waits says, and who is told of it. */
const troubles = new Map();
let tell = () => {};

/** `listener` is given the words of a trouble, and `undefined` when it is over. */
export function watchTroubles(listener) {
  tell = listener;
}

function report(lane, words) {
  if (troubles.get(lane) === words) return;
  if (words) troubles.set(lane, words);
  else troubles.delete(lane);
  tell(troubles.values().next().value);
}

/** Ends pauses early. */
const waker = new EventTarget();
export const tryNow = () => waker.dispatchEvent(new Event("wake"));
addEventListener("online", tryNow);

/** Asks one thing at a time: a new question ends the one before it. */
export class Lane {
  #controller;

  get isBusy() {
    return this.#controller !== undefined;
  }

  stop() {
    this.#controller?.abort();
    this.#controller = undefined;
    report(this);
  }

  /**
   * The answer's object; `undefined` once another question has taken its place. `after` waits as
   * many milliseconds first. Throws a `Refusal`, and nothing else.
   */
  async ask(target, after = 0) {
    // A trouble stays in sight until there is an answer: the next question will have the same.
    this.#controller?.abort();
    const controller = new AbortController();
    const { signal } = controller;
    this.#controller = controller;
    try {
      if (after > 0) await pause(after, signal);
      for (let attempt = 0; !signal.aborted; attempt++) {
        const { answer, words, wait } = await this.#attempt(target, signal);
        if (signal.aborted) return undefined;
        if (answer) return answer;
        report(this, words);
        await pause(wait ?? pauses[Math.min(attempt, pauses.length - 1)], signal);
      }
      return undefined;
    } finally {
      if (this.#controller === controller) this.stop();
    }
  }

  /** One request: its answer, or words for what is wrong. */
  async #attempt(target, signal) {
    const late = setTimeout(() => report(this, "The server is slow to answer."), lateAfter);
    signal.addEventListener("abort", () => clearTimeout(late), { once: true });
    try {
      const response = await fetch(target, {
        headers: { Accept: "application/json" },
        signal: AbortSignal.any([signal, AbortSignal.timeout(givenUpAfter)]),
      });
      if (response.ok) return { answer: await response.json() };
      if (!passes(response.status)) {
        const problem = await response.json().catch(() => ({ title: response.statusText }));
        throw new Refusal(problem);
      }
      const seconds = Number(response.headers.get("Retry-After"));
      return {
        words: `The server is busy (${response.status}). It is asked again until it answers.`,
        wait: seconds > 0 ? Math.min(seconds * 1000, 30000) : undefined,
      };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      return { words: "The server does not answer. It is asked again until it does." };
    } finally {
      clearTimeout(late);
    }
  }
}

/** Ends after `duration` milliseconds, when woken, or when the signal aborts. */
function pause(duration, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      waker.removeEventListener("wake", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, duration);
    waker.addEventListener("wake", end);
    signal.addEventListener("abort", end);
  });
}
