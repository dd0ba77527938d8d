// One list of messages, with the state and latency of the transport that fills it.
import { colorOf, initialOf } from "./people.js";

const mostMessages = 200;
const mostAge = 2_000; // older messages are replayed ones: their age says nothing about the push
const nothingYet = "No messages yet. Open this page in a second window and write one.";

export class Pane {
  #element;
  #list;
  #state;
  #latency;
  #isMine;
  #known = new Set();
  #arrivals = new Map();
  #departures = new Map();

  constructor(element, isMine) {
    this.#element = element;
    this.#list = element.querySelector(".messages");
    this.#state = element.querySelector(".state");
    this.#latency = element.querySelector(".latency");
    this.#isMine = isMine;
  }

  show(isShown) {
    this.#element.hidden = !isShown;
  }

  setState(state, reason = "") {
    this.#state.dataset.state = state;
    this.#state.textContent = state;
    this.#state.title = reason;
    this.#list.dataset.empty = reason || nothingYet;
  }

  // A message may come twice around a broken connection; its id says so.
  add(message) {
    if (this.#known.has(message.id)) {
      return;
    }

    this.#known.add(message.id);
    this.#arrivals.set(message.id, performance.now());
    const age = Date.now() - Date.parse(message.at);
    const isFollowed = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 60;
    this.#list.append(this.#render(message, age));
    while (this.#list.childElementCount > mostMessages) {
      this.#list.firstElementChild.remove();
    }

    if (isFollowed) {
      this.#list.scrollTop = this.#list.scrollHeight;
    }

    this.#measure(message.id);
  }

  addGap() {
    const item = document.createElement("li");
    item.className = "gap";
    item.textContent = "older messages are not kept any more";
    this.#list.append(item);
  }

  // The time from Send to arrival, on one clock. The push often overtakes the answer to the request that caused it.
  sent(id, at) {
    this.#departures.set(id, at);
    this.#measure(id);
  }

  #measure(id) {
    const sent = this.#departures.get(id);
    const arrived = this.#arrivals.get(id);
    if (sent === undefined || arrived === undefined) {
      return;
    }

    this.#latency.textContent = `${Math.round(arrived - sent)} ms`;
    this.#departures.delete(id);
  }

  #render({ id, user, text, at }, age) {
    const item = document.createElement("li");
    item.className = this.#isMine(user) ? "message mine" : "message";
    item.dataset.id = id;
    item.dataset.testid = "chat-message";

    const avatar = element("span", "avatar", initialOf(user));
    avatar.dataset.color = colorOf(user);

    const meta = element("div", "meta");
    const time = element("time", "", new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
    time.dateTime = at;
    meta.append(element("span", "author", user), time);
    if (age >= 0 && age < mostAge) {
      const note = element("span", "age", `${Math.round(age)} ms`);
      note.title = "From the origin to here, if both clocks agree";
      meta.append(note);
    }

    const bubble = element("div", "bubble");
    bubble.append(meta, element("div", "text", text));
    item.append(avatar, bubble);
    return item;
  }
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
