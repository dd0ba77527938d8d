// How many windows of this browser have the page open. Browsers open at most six connections to one server, for all windows together; each
// held request takes one of them, and with none left not even a message could be sent.

const prefix = "gripproxy-demo-";
const settle = 300; // milliseconds after which a closed window's lock is gone

export class Windows {
  #onCount;
  #channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("gripproxy-demo") : null;
  #leave = null;

  constructor(onCount) {
    this.#onCount = onCount;
    this.#channel?.addEventListener("message", () => {
      this.count();
      setTimeout(() => this.count(), settle);
    });
  }

  // A lock says that this window is open: the browser lets it go however the window ends. Pages from other machines have no locks without
  // TLS; they count themselves only.
  async join(id) {
    if (navigator.locks && !this.#leave) {
      const held = new Promise((resolve) => { this.#leave = resolve; });
      await new Promise((resolve) => {
        navigator.locks.request(prefix + id, () => {
          resolve();
          return held;
        });
      });
      this.#channel?.postMessage("changed");
    }

    await this.count();
  }

  leave() {
    this.#leave?.();
    this.#leave = null;
    this.#channel?.postMessage("changed");
  }

  async count() {
    const locks = await navigator.locks?.query();
    this.#onCount(locks?.held.filter((lock) => lock.name.startsWith(prefix)).length || 1);
  }
}
