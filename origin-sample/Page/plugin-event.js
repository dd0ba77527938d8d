// An event that a plugin of the proxy turns into a greeting: the stream is open only until the greeting is there, because a browser has six connections
// to one server.
const patience = 15_000;

export class PluginEvent {
  #button;
  #list;
  #name;

  constructor(button, list, name) {
    this.#button = button;
    this.#list = list;
    this.#name = name;
    button.addEventListener("click", () => this.#send());
  }

  async #send() {
    this.#button.disabled = true;
    const stream = new EventSource("plugin/stream");
    try {
      const greeting = new Promise((resolve, reject) => {
        stream.addEventListener("signup", (event) => resolve(JSON.parse(event.data)));
        setTimeout(() => reject(new Error("no greeting came")), patience);
      });
      // Looked at below; until then it may fail by its time.
      greeting.catch(() => {});
      await new Promise((resolve, reject) => {
        stream.addEventListener("open", resolve);
        stream.addEventListener("error", () => reject(new Error("the stream cannot be opened")));
      });
      const answer = await fetch("plugin/events", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ user: this.#name() }),
      });
      if (!answer.ok) {
        throw new Error((await answer.json()).detail ?? `the origin answered ${answer.status}`);
      }

      this.#show(await greeting, "greeting");
    } catch (problem) {
      this.#show(problem.message, "problem");
    } finally {
      stream.close();
      this.#button.disabled = false;
    }
  }

  #show(text, kind) {
    const line = document.createElement("li");
    line.className = kind;
    line.textContent = text;
    this.#list.prepend(line);
  }
}
