// Reads and writes the chat by a WebSocket. For the origin each message is an ordinary HTTP request; the proxy holds the connection.

const longestWait = 8_000;
const patience = 10_000; // milliseconds for the answer to a message that was sent

export class ChatSocket {
  #handlers;
  #others;
  #cursor = null;
  #socket = null;
  #timer = null;
  #wait = 500;
  #lastRef = 0;
  #unanswered = new Map();

  constructor(handlers, others) {
    this.#handlers = handlers;
    this.#others = { message: (message) => this.#take(message), gap: () => handlers.onGap(), sent: (data) => this.#answer(data), problem: (data) => this.#answer(data), ...others };
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  start() {
    if (!this.#socket && this.#timer === null) {
      this.#handlers.onState("connecting");
      this.#open();
    }
  }

  stop(state = "off", reason = "") {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#socket?.close();
    this.#socket = null;
    this.#giveUp();
    this.#handlers.onState(state, reason);
  }

  // What the origin has stored, as the answer to a POST would say it.
  send(user, text) {
    const ref = ++this.#lastRef;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#answer({ ref, text: "no answer came" }), patience);
      this.#unanswered.set(ref, { resolve, reject, timer });
      this.#socket.send(JSON.stringify({ ref, user, text }));
    });
  }

  #open() {
    this.#timer = null;
    const query = this.#cursor === null ? "" : `?after=${encodeURIComponent(this.#cursor)}`;
    const address = new URL(`chat/socket${query}`, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.onopen = () => {
      this.#wait = 500;
      this.#handlers.onState("connected");
    };
    socket.onmessage = (event) => {
      const { type, data } = JSON.parse(event.data);
      this.#others[type]?.(data);
    };
    socket.onclose = () => {
      if (this.#socket === socket) {
        this.#openLater();
      }
    };
  }

  // No message is lost meanwhile: the cursor stays where it is.
  #openLater() {
    this.#socket = null;
    this.#giveUp();
    this.#handlers.onState("reconnecting");
    this.#timer = setTimeout(() => this.#open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, longestWait);
  }

  #take(message) {
    this.#cursor = message.id;
    this.#handlers.onMessage(message);
  }

  #answer({ ref, text, ...stored }) {
    const sent = this.#unanswered.get(ref);
    if (!sent) {
      return;
    }

    this.#unanswered.delete(ref);
    clearTimeout(sent.timer);
    if (text) {
      sent.reject(new Error(text));
    } else {
      sent.resolve(stored);
    }
  }

  #giveUp() {
    for (const ref of [...this.#unanswered.keys()]) {
      this.#answer({ ref, text: "the connection was lost" });
    }
  }
}
