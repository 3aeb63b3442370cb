// The explanation of a message: the same content as `aftercare explain`.

import { $, el, words } from "./dom.js";

const CODES = {
  "danger sign": "D", symptom: "S", treatment: "T", time: "t", "how it is told": "h", cue: "c",
  place: "p", "about the treatment": "a", "said not to be there": "n", silenced: "x",
};

let opened = () => {};
const versions = { saved: null, edited: null };
let shown = "saved";

export function onOpen(open) { opened = open; }

/** Show an explanation; `edited` is what the unsaved knowledge makes of the same message. */
export function show(saved, edited) {
  if (saved !== undefined) versions.saved = saved;
  versions.edited = edited ?? null;
  if (!versions.edited) shown = "saved";
  draw();
}

export function withEdited(edited) { show(undefined, edited); }

function draw() {
  $("versions").hidden = !versions.edited;
  for (const button of $("versions").children)
    button.setAttribute("aria-pressed", String(button.dataset.version === shown));
  const x = versions[shown];
  if (x) $("explained").replaceChildren(...parts(x));
}

for (const button of $("versions").children)
  button.addEventListener("click", () => { shown = button.dataset.version; draw(); });

/** A line of the knowledge that a click opens. */
export function place(where) {
  if (!where || where.endsWith(":0")) return null;
  const [, path, line] = where.match(/^[^/]+\/(.+?)(?::(\d+))?$/) || [];
  if (!path || !path.endsWith(".yaml")) return el("span", { class: "place" }, where);
  return el("button", { type: "button", class: "place", title: `Open ${where}`, onclick: () => opened(path, Number(line || 1)) }, where);
}

function parts(x) {
  const day = x.days === null ? "no day told" : `day ${Math.round(x.days * 10) / 10}`;
  const treated = x.treatments.join(", ") || "no treatment told";
  return [
    el("p", { class: `level ${x.level}` }, words(x.level)),
    el("p", { class: "note" }, `${day} · ${treated}${x.asks ? " · the words sound like danger: the person is asked for danger signs" : ""}`),
    el("p", { class: "message" }, x.words.flatMap(word), x.rest),
    legend(x),
    list("What cues act on", x.scopes, (s) => [[s.cue], `makes ${words(s.status)}: ${s.words}`, s.origin]),
    list("What was read", x.told, (t) => [[t.name], `${t.kind}, ${t.how}: ${t.words}`, t.origin],
      x.day_words.map((time) => [["time"], time, ""])),
    list("Rules that fired", x.rules, (r) => [[words(r.level), r.level], `${r.step}: ${r.text}${r.words.length ? ` [${r.words.join("; ")}]` : ""}`, r.origin], [], "None."),
    list("Rules that nearly fired", x.nearly, (n) => [[n.name, n.level], `has ${n.has}, but ${n.lacks}`, n.origin], [], "None."),
    list("What would change the level", x.changes, (c) => [[words(c.level), c.level], `if ${c.when}`, ""], [], "No day, treatment or single symptom."),
    list("Expert views shown", x.entries, ([key, file]) => [[key], "", file]),
  ].filter(Boolean);
}

function word(w) {
  const label = w.labels[0];
  const names = [label ? `k-${label.kind.replaceAll(" ", "_")}` : "", w.scopes.length ? "scoped" : "", w.known ? "" : "unknown"];
  const title = [...new Set(w.labels.map((l) => `${l.kind}: ${l.name}`))].join("\n");
  const said = w.read_as ? [el("s", {}, w.typed), " ", w.read_as] : [w.typed];
  const tag = label ? [el("sup", {}, CODES[label.kind])] : [];
  return [w.before, el("span", { class: `w ${names.join(" ")}`, title: title || null }, said, tag)];
}

function legend(x) {
  const seen = new Set(x.words.filter((w) => w.labels.length).map((w) => w.labels[0].kind));
  const items = Object.keys(CODES).filter((kind) => seen.has(kind)).map((kind) =>
    el("li", {}, el("span", { class: `w k-${kind.replaceAll(" ", "_")}` }, kind), el("sup", {}, CODES[kind])));
  if (x.scopes.length) items.push(el("li", {}, el("span", { class: "scoped" }, "a cue acts on it")));
  if (x.words.some((w) => !w.known)) items.push(el("li", {}, el("span", { class: "unknown" }, "in no phrase")));
  if (x.repairs.length) items.push(el("li", {}, el("s", {}, "typed"), " read as"));
  return el("ul", { class: "legend", "aria-label": "What the colours and letters mean" }, items);
}

function list(title, rows, of, more = [], none = "") {
  const all = [...rows.map(of), ...more];
  if (!all.length && !none) return null;
  const items = all.map(([[name, level], text, where]) =>
    el("li", {}, el("strong", { class: level || null }, name), text ? ` ${text}` : null, place(where)));
  return el("section", { class: "part" }, el("h3", {}, title),
    items.length ? el("ul", {}, items) : el("p", { class: "note" }, none));
}
