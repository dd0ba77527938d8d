// Reads the chat by server-sent events. The browser connects again by itself after a broken connection; only an error answer ends that.

const longestWait = 8_000;

export class EventStream {
  #handlers;
  #others;
  #cursor = null;
  #source = null;
  #timer = null;
  #wait = 500;

  constructor(handlers, others) {
    this.#handlers = handlers;
    this.#others = others;
  }

  start() {
    if (!this.#source && this.#timer === null) {
      this.#handlers.onState("connecting");
      this.#open();
    }
  }

  stop(state = "off", reason = "") {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#source?.close();
    this.#source = null;
    this.#handlers.onState(state, reason);
  }

  #open() {
    this.#timer = null;
    const query = this.#cursor === null ? "" : `?after=${encodeURIComponent(this.#cursor)}`;
    const source = new EventSource(`chat/stream${query}`);
    this.#source = source;
    source.onopen = () => {
      this.#wait = 500;
      this.#handlers.onState("connected");
    };
    source.onmessage = (event) => {
      this.#cursor = event.lastEventId;
      this.#handlers.onMessage(JSON.parse(event.data));
    };
    for (const [name, handler] of Object.entries(this.#others)) {
      source.addEventListener(name, (event) => handler(JSON.parse(event.data)));
    }

    source.onerror = () => {
      this.#handlers.onState("reconnecting");
      if (source.readyState === EventSource.CLOSED && this.#source === source) {
        this.#openLater();
      }
    };
  }

  #openLater() {
    this.#source = null;
    this.#timer = setTimeout(() => this.#open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, longestWait);
    this.#explain();
  }

  // An EventSource does not show the answer that it was refused with.
  async #explain() {
    try {
      const response = await fetch("chat/messages", { cache: "no-store" });
      if (response.status === 501) {
        this.#handlers.onNoProxy(await response.text());
      }
    } catch {
      // Nothing there at all: the state says so.
    }
  }
}
