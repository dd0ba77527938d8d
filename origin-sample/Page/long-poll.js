// Reads the chat by long-poll: one request after the other, each with the cursor of the answer before.

const longestWait = 8_000;

export class LongPoll {
  #handlers;
  #cursor = null;
  #abort = null;

  constructor(handlers) {
    this.#handlers = handlers;
  }

  start() {
    if (!this.#abort) {
      this.#abort = new AbortController();
      this.#run(this.#abort.signal);
    }
  }

  stop(state = "off", reason = "") {
    this.#abort?.abort();
    this.#abort = null;
    this.#handlers.onState(state, reason);
  }

  async #run(signal) {
    let wait = 500;
    this.#handlers.onState("connecting");
    while (!signal.aborted) {
      try {
        const page = await this.#ask(signal);
        wait = 500;
        this.#cursor = page.cursor;
        if (page.gap) {
          this.#handlers.onGap();
        }

        page.messages.forEach(this.#handlers.onMessage);
        this.#handlers.onState("connected");
      } catch (problem) {
        if (signal.aborted) {
          return;
        }

        // No message is lost meanwhile: the cursor stays where it is.
        this.#handlers.onState("reconnecting");
        await pause(wait, signal);
        wait = Math.min(wait * 2, longestWait);
      }
    }
  }

  async #ask(signal) {
    const query = this.#cursor === null ? "" : `?after=${encodeURIComponent(this.#cursor)}`;
    const response = await fetch(`chat/messages${query}`, { signal, cache: "no-store", headers: { Accept: "application/json" } });
    if (response.status === 501) {
      this.#handlers.onNoProxy(await response.text());
    }

    if (!response.ok) {
      throw new Error(`the proxy answered ${response.status}`);
    }

    return response.json();
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
