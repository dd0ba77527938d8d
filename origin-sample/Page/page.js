// The demo page: a chat that reads the same messages by long-poll, by server-sent events and by WebSocket.
import { LongPoll } from "./long-poll.js";
import { ChatSocket } from "./chat-socket.js";
import { EventStream } from "./event-stream.js";
import { Pane } from "./pane.js";
import { colorOf, initialOf } from "./people.js";
import { PluginEvent } from "./plugin-event.js";
import { Windows } from "./windows.js";

const byId = (id) => document.getElementById(id);
const panes = new Map([...document.querySelectorAll(".pane")].map((element) => [element.dataset.transport, new Pane(element, isMine)]));
const page = crypto.randomUUID?.() ?? `${Date.now()}-${Math.floor(Math.random() * 1e9)}`;
const heartbeatEvery = 10_000;

// A window that nobody has looked at for a while gives its connections back; it goes on from its cursor when it is shown again.
const pauseHiddenAfter = 30_000;

// Two windows with all transports hold four of a browser's six connections to a server, WebSockets not counted. With more windows each holds
// one.
const mostWithAll = 2;

const name = byId("name");
name.value = load("name") || `guest-${Math.floor(100 + Math.random() * 900)}`;
name.addEventListener("change", () => {
  name.value = name.value.trim() || `guest-${Math.floor(100 + Math.random() * 900)}`;
  save("name", name.value);
  heartbeat();
});

function isMine(user) {
  return user === name.value;
}

// Transports ---------------------------------------------------------------------------------------------------------

const socket = new ChatSocket(handlersOf("websocket"), { tick: showTick, people: showPeople });
const links = new Map([
  ["long-poll", new LongPoll(handlersOf("long-poll"))],
  ["sse", new EventStream(handlersOf("sse"), { tick: showTick, people: showPeople })],
  ["websocket", socket],
]);

function handlersOf(transport) {
  const pane = panes.get(transport);
  return {
    onState: (state, reason) => pane.setState(state, reason),
    onMessage: (message) => pane.add(message),
    onGap: () => pane.addGap(),
    onNoProxy: showBanner,
  };
}

function chosen() {
  return document.querySelector("input[name=transport]:checked").value;
}

function isWanted(transport) {
  return chosen() === "all" || chosen() === transport;
}

// Why a transport that is wanted rests, or "".
function reasonToRest(transport) {
  if (isPaused) {
    return "This window was hidden for a while";
  }

  return chosen() === "all" && transport === "long-poll" && openWindows > mostWithAll
    ? `${openWindows} windows are open, and a browser has six connections to one server: each window uses one`
    : "";
}

function isRunning(transport) {
  return isWanted(transport) && !reasonToRest(transport);
}

function applyTransport() {
  for (const [transport, link] of links) {
    panes.get(transport).show(isWanted(transport));
    if (isRunning(transport)) {
      link.start();
    } else {
      link.stop(isWanted(transport) ? "paused" : "off", reasonToRest(transport));
    }
  }

  if (!isRunning("sse") && !isRunning("websocket")) {
    byId("ticker").textContent = "no ticks by long-poll";
  }

  heartbeat();
}

for (const radio of document.querySelectorAll("input[name=transport]")) {
  radio.addEventListener("change", applyTransport);
}

let isPaused = false;
let openWindows = 1;
const windows = new Windows((count) => {
  if (count !== openWindows) {
    openWindows = count;
    applyTransport();
  }
});

let pause;
function watchVisibility() {
  clearTimeout(pause);
  if (document.hidden) {
    pause = setTimeout(rest, pauseHiddenAfter);
  } else if (isPaused) {
    wake();
  }
}

document.addEventListener("visibilitychange", watchVisibility);

function rest() {
  isPaused = true;
  applyTransport();
  windows.leave();
}

async function wake() {
  isPaused = false;
  await windows.join(page);
  applyTransport();
}

// Writing ------------------------------------------------------------------------------------------------------------

byId("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const input = byId("message");
  const text = input.value.trim();
  if (!text) {
    return;
  }

  input.value = "";
  input.focus();
  const sentAt = performance.now();
  try {
    const stored = socket.isOpen ? await socket.send(name.value, text) : await post(text);
    panes.forEach((pane) => pane.sent(stored.id, sentAt));
    showBanner(stored.published ? "" : "The message is stored, but a GRIP proxy could not be reached to push it.");
  } catch (problem) {
    input.value = text;
    showBanner(`Not sent: ${problem.message}`);
  }
});

// Without a WebSocket: a request of its own, which any transport can be combined with.
async function post(text) {
  const response = await fetch("chat/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: name.value, text }),
  });
  if (!response.ok) {
    throw new Error(`the origin answered ${response.status}`);
  }

  return response.json();
}

new PluginEvent(byId("event"), byId("greetings"), () => name.value);

// Who is there -------------------------------------------------------------------------------------------------------

async function heartbeat() {
  try {
    const response = await fetch("chat/people", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(presence([...links.keys()].filter(isRunning))),
    });
    if (response.ok) {
      showPeople(await response.json());
    }
  } catch {
    // The transports tell about a lost connection; the next heartbeat comes anyway.
  }
}

function presence(transports) {
  return { page, user: name.value, transports };
}

setInterval(() => {
  if (!isPaused) {
    heartbeat();
    windows.count();
  }
}, heartbeatEvery);
addEventListener("pagehide", () => {
  windows.leave();
  navigator.sendBeacon("chat/people", new Blob([JSON.stringify(presence([]))], { type: "application/json" }));
});
addEventListener("pageshow", (event) => event.persisted && wake());

// The answer to a heartbeat and an event may overtake each other; the version says which is newer.
let shownVersion = 0;

function showPeople({ version, people }) {
  if (version < shownVersion) {
    return;
  }

  shownVersion = version;
  byId("people").replaceChildren(...people.map(({ user, transports }) => {
    const item = document.createElement("li");
    const avatar = span("avatar", initialOf(user));
    avatar.dataset.color = colorOf(user);
    item.append(avatar, span("who", user), span("how", transports.join(" + ")));
    return item;
  }));
}

// A tick comes once by each transport that carries ticks.
let shownTick = "";

function showTick({ count, time }) {
  if (time === shownTick) {
    return;
  }

  shownTick = time;
  byId("ticker").textContent = `tick ${count} · ${new Date(time).toLocaleTimeString()}`;
  const dot = byId("ticker-dot");
  dot.classList.remove("beat");
  void dot.offsetWidth; // starts the animation again
  dot.classList.add("beat");
}

// The rest -----------------------------------------------------------------------------------------------------------

function showBanner(text) {
  const banner = byId("banner");
  banner.hidden = !text;
  banner.replaceChildren();
  const address = text.match(/https?:\/\/[^\s"<>]+/)?.[0];
  if (!address) {
    banner.textContent = text;
    return;
  }

  const link = document.createElement("a");
  link.href = address;
  link.textContent = address;
  const [before, after] = text.split(address);
  banner.append(before, link, after);
}

function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

// Kept for this window only: two windows of one browser are two people in the chat.
function load(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null; // storage is switched off
  }
}

function save(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // storage is switched off: the name lives as long as the page
  }
}

byId("curl").textContent = [
  `curl -N ${location.origin}/ticker`,
  `curl -N ${location.origin}/chat/stream`,
  `curl ${location.origin}/chat/messages`,
  `curl -H 'Accept: application/atom+xml' ${location.origin}/chat/messages`,
  `curl -H 'Content-Type: application/json' -d '{"user":"curl","text":"hello"}' ${location.origin}/chat/messages`,
].join("\n");

await wake();
watchVisibility();
