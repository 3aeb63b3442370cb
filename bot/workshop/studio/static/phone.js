// The phone: a talk with the saved knowledge, as Telegram would show it.

import { $, el, get, post, telegram } from "./dom.js";
import { show } from "./reading.js";

let talk = null;
let said = [];
let heard = () => {};

export const messages = () => said.slice(-3);
export function onMessage(take) { heard = take; }

export async function countries() {
  const { countries: names } = await get("/api/state");
  if ($("country").options.length > 1) return;
  $("country").append(...Object.entries(names).map(([code, name]) => el("option", { value: code }, name)));
}

async function turn(kind, text, bubble, tapped) {
  $("hint")?.remove();
  const before = $("talk").lastChild;
  if (bubble) add(el("div", { class: "me" }, bubble));
  let answer;
  try {
    answer = await post("/api/talk", { talk, kind, text, country: $("country").value || null });
  } catch (fault) {
    const told = el("div", { class: "fault", role: "alert" }, fault.message);
    add(told);
    told.scrollIntoView();
    return;
  }
  talk = answer.talk;
  if (answer.country) $("country").value = answer.country;
  for (const reply of answer.replies) {
    const made = shown(reply);
    if (reply.edits && tapped) tapped.replaceWith(...made);
    else made.forEach(add);
  }
  const first = before ? before.nextSibling : $("talk").firstChild;
  if (first) $("talk").scrollTop = first.offsetTop - 12; // the beginning of the turn, as one reads
  if (answer.reminder) add(el("p", { class: "hint" }, "On Telegram a reminder would come."));
  if (answer.reading) {
    show(answer.reading);
    said.push(text);
    heard();
  }
}

function add(node) {
  $("talk").append(node);
}

/** The bubbles of a reply; its buttons stand under the last. */
function shown(reply) {
  const bubbles = reply.messages.map((html) =>
    el("div", { class: `bot ${reply.level || ""}` }, el("div", { class: "bubble" }, telegram(html))));
  const last = bubbles[bubbles.length - 1];
  last.append(...reply.buttons.map((row) => el("div", { class: "row" }, row.map(({ label, data }) =>
    el("button", { type: "button", onclick: () => turn("button", data, null, last) }, label)))));
  return bubbles;
}

function send() {
  const text = $("message").value.trim();
  if (!text) return;
  $("message").value = "";
  turn("text", text, text);
}

$("say").addEventListener("submit", (event) => { event.preventDefault(); send(); });
$("message").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
});
$("new-talk").addEventListener("click", () => {
  talk = null;
  said = [];
  $("talk").replaceChildren();
  turn("command", "start");
  $("message").focus();
});
$("country").addEventListener("change", () => $("message").focus());
