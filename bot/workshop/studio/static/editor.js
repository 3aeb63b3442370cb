// The editor: files, a text with line numbers and faults, saving, and what an edit changes.

import { $, debounced, el, get, post, Refused, stream, words } from "./dom.js";
import { messages } from "./phone.js";
import { withEdited } from "./reading.js";

const PAGE = crypto.randomUUID();
const WAIT = 450; // milliseconds without a key before an edit is tried
const text = $("text");
let paths = [];
let file = null; // { path, text, mark } as it was opened
let faults = [];
let errors = 0;
let trying = null; // the edit on trial
let ready = false; // the edit is compiled and answers

const edited = () => file !== null && text.value !== file.text;

// Unsaved knowledge outlives a reload, with the mark of the version it began from; messages never do.
const key = (path) => `draft:${path}`;
const keep = () => localStorage.setItem(key(file.path), JSON.stringify({ text: text.value, mark: file.mark }));
const unkeep = () => localStorage.removeItem(key(file.path));
function draftOf(path) {
  try { return JSON.parse(localStorage.getItem(key(path))); } catch { return null; }
}

// -- files ----------------------------------------------------------------------------------

export async function loadTree() {
  paths = await get("/api/tree");
  drawTree();
}

function drawTree() {
  const wanted = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = paths.filter((path) => wanted.every((part) => path.replaceAll("_", " ").includes(part) || path.includes(part)));
  const item = (path, name) => el("li", {}, el("button", { type: "button", "aria-current": file?.path === path ? "true" : null, onclick: () => open(path) }, name, draftOf(path) ? " ● unsaved" : null));
  if (wanted.length) {
    $("found").replaceChildren(...matching.slice(0, 60).map((path) => item(path, path)));
    if (!matching.length) $("found").append(el("li", { class: "note" }, "No file has these words in its path."));
    return;
  }
  const root = { folders: new Map(), files: [] };
  for (const path of paths) {
    const steps = path.split("/");
    let at = root;
    for (const step of steps.slice(0, -1)) {
      if (!at.folders.has(step)) at.folders.set(step, { folders: new Map(), files: [] });
      at = at.folders.get(step);
    }
    at.files.push([path, steps[steps.length - 1]]);
  }
  const branch = (at) => [
    ...[...at.folders].map(([name, inner]) => el("li", {}, el("details", {}, el("summary", {}, name), el("ul", {}, branch(inner))))),
    ...at.files.map(([path, name]) => item(path, name)),
  ];
  $("found").replaceChildren(...branch(root));
}

function showTree(shown) {
  $("tree").hidden = !shown;
  $("files").setAttribute("aria-expanded", String(shown));
  if (shown) $("find").focus();
}

/** Open a file, at a line. */
export async function open(path, line = 1) {
  showPane("editor");
  if (file?.path !== path) {
    try {
      file = { ...(await get(`/api/file?path=${encodeURIComponent(path)}`)) };
    } catch (fault) {
      progress(fault.message, "bad");
      return;
    }
    forget();
    const draft = draftOf(path);
    text.value = file.text;
    if (draft && draft.text !== file.text) {
      text.value = draft.text;
      file.mark = draft.mark; // changed on the disk since: saving says so
      progress("an edit that was not saved", "busy");
      attempt();
    } else progress("");
    $("sheet").hidden = false;
    $("path").textContent = path;
    drawTree();
    drawText();
  }
  showTree(false);
  goTo(line);
}

function goTo(line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, content) => sum + content.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] || "").length);
  const high = text.scrollHeight / Math.max(lines.length, 1);
  text.scrollTop = Math.max(0, (line - 4) * high);
  text.scrollLeft = 0;
  follow();
}

// -- the text -----------------------------------------------------------------------------------

function drawText() {
  const lines = text.value.split("\n");
  const here = faults.filter((fault) => fault.here);
  const bad = new Map(here.map((fault) => [fault.line, fault]));
  $("numbers").replaceChildren(...lines.map((_, at) => {
    const fault = bad.get(at + 1);
    return el("span", { class: fault ? fault.severity : null, title: fault ? `${fault.what}; ${fault.remedy}` : null }, fault ? `● ${at + 1}` : `${at + 1}`);
  }));
  $("back").replaceChildren(...lines.map((_, at) => el("span", { class: bad.get(at + 1)?.severity || null }, "\u200b")));
  const line = (fault) => el("li", { class: fault.severity },
    el("button", { type: "button", class: "place", onclick: () => (fault.here ? goTo(fault.line) : open(fault.file, fault.line)) }, `${fault.here ? "line" : fault.file} ${fault.line}`),
    ` ${fault.what}; `, el("em", {}, fault.remedy));
  const elsewhere = faults.filter((fault) => !fault.here);
  $("faults").replaceChildren(...here.map(line));
  if (elsewhere.length) $("faults").append(el("li", {}, el("details", { open: !here.length },
    el("summary", {}, `${elsewhere.length} in other files${here.length ? ", some because this one cannot be used" : ""}`), el("ol", {}, elsewhere.map(line)))));
  $("save").disabled = $("revert").disabled = !edited();
  follow();
}

function follow() {
  $("numbers").scrollTop = $("back").scrollTop = text.scrollTop;
}

function progress(said, kind = "") {
  $("progress").textContent = said;
  $("progress").className = kind;
}

/** What was found out about an edit is no longer true. */
function forget() {
  trying?.abort();
  trying = null;
  ready = false;
  faults = [];
  errors = 0;
  $("changes").replaceChildren();
  $("conflict").hidden = true;
  withEdited(null);
}

function changed() {
  ready = false;
  trying?.abort();
  drawText();
  if (edited()) {
    keep();
    progress("checking…", "busy");
    attempt();
  } else {
    unkeep();
    forget();
    drawText();
    progress("");
    post("/api/drop", { page: PAGE }).catch(() => {});
  }
}

const attempt = debounced(async () => {
  if (!edited()) return;
  trying?.abort();
  const mine = (trying = new AbortController());
  progress("checking…", "busy");
  try {
    await stream("/api/draft", { page: PAGE, path: file.path, text: text.value, messages: messages() }, (told) => {
      if (trying !== mine) return;
      if (told.state === "checked") checked(told);
      if (told.state === "ready") { ready = true; progress("comparing…", "busy"); }
      if (told.state === "compared") { compared(told); progress("ready: not saved yet", "good"); }
    }, mine.signal);
  } catch (fault) {
    if (trying === mine && fault.name !== "AbortError") progress(fault.message, "bad");
  }
}, WAIT);

function checked({ ok, faults: found }) {
  faults = found.map((fault) => {
    const path = fault.path.replace(/^[^/]+\//, "");
    return { ...fault, file: path, here: path === file.path };
  });
  errors = faults.filter((fault) => fault.severity === "error").length;
  drawText();
  if (ok) progress("compiling…", "busy");
  else {
    $("changes").replaceChildren();
    withEdited(null);
    progress(`${errors} ${errors === 1 ? "fault" : "faults"}`, "bad");
  }
}

/** A new message: what does the edit make of it? */
export async function compareAgain() {
  if (!ready || !edited()) return;
  try {
    const told = await post("/api/compare", { page: PAGE, path: file.path, messages: messages() });
    compared({ ...told, cases: null });
  } catch { /* the edit has changed meanwhile: it is compared when it is ready */ }
}

// -- what the edit changes --------------------------------------------------------------------------

function compared(told) {
  const last = told.messages[told.messages.length - 1];
  withEdited(last ? last.edited.explanation : null);
  const parts = told.messages.map(beside);
  const old = $("changes").querySelector(".cases");
  const cases = told.cases ? casesPart(told) : old;
  if (told.alone) parts.push(el("p", { class: "note" }, "The saved knowledge has faults: there is nothing to compare with."));
  $("changes").replaceChildren(el("h3", {}, "What the edit changes", el("span", { class: "note" }, parts.length ? " in your last messages, each by itself" : "")), ...parts, ...(cases ? [cases] : []));
}

function beside({ text: message, saved, edited: now, differs, lowered }) {
  const head = differs.length
    ? el("p", { class: lowered ? "lowered" : "differs" }, lowered ? "▼ less urgent: " : "", differs.join("; "))
    : el("p", { class: "note" }, saved.reply === now.reply ? "the same" : "the same level; other words in the reply");
  const reply = (title, answer, other) => {
    const there = new Set(other.reply.split("\n"));
    return el("div", {}, el("h4", {}, title, " ", el("span", { class: answer.level }, words(answer.level))),
      el("pre", {}, answer.reply.split("\n").map((line) => (there.has(line) ? `${line}\n` : el("mark", {}, `${line}\n`)))));
  };
  return el("article", { class: lowered ? "lowered" : null }, el("p", { class: "quoted" }, message), head,
    el("details", { open: differs.length > 0 || saved.reply !== now.reply }, el("summary", {}, "Both replies"),
      el("div", { class: "both" }, reply("saved", saved, now), reply("edited", now, saved))));
}

function casesPart({ cases, tried, kind }) {
  const own = tried ? `${tried} ${kind}, ${cases.length} changed` : `No ${kind}`;
  return el("section", { class: "cases" }, el("h4", {}, own),
    el("ul", {}, cases.map((one) => el("li", { class: one.lowered ? "lowered" : "differs" },
      el("span", { class: "quoted" }, one.text), ` ${one.lowered ? "▼ less urgent: " : ""}${one.differs.join("; ")}`))),
    el("p", { class: "note" }, "“aftercare diff” compares all cases and all evaluation sets."));
}

// -- saving ---------------------------------------------------------------------------------------------

let insisted = "";

async function save() {
  if (!edited()) return;
  if (errors && insisted !== text.value) {
    insisted = text.value;
    progress(`${errors} ${errors === 1 ? "fault" : "faults"}: not saved. A running bot would refuse it. Save once more to save it all the same.`, "bad");
    return;
  }
  const content = text.value;
  try {
    const { mark } = await post("/api/save", { path: file.path, text: content, mark: file.mark });
    unkeep();
    file = { ...file, text: content, mark };
    const known = faults;
    forget();
    faults = known;
    drawText();
    progress("saved; the phone takes it over in a few seconds", "good");
    post("/api/drop", { page: PAGE }).catch(() => {});
  } catch (fault) {
    if (fault instanceof Refused && fault.status === 409) conflict(fault.body);
    else progress(`not saved: ${fault.message}`, "bad");
  }
}

function conflict(now) {
  $("theirs").textContent = now.text;
  $("conflict").hidden = false;
  progress("not saved: the file has changed on the disk", "bad");
  $("take-theirs").onclick = () => {
    file = { ...file, text: now.text, mark: now.mark };
    text.value = now.text;
    changed();
  };
  $("keep-mine").onclick = () => {
    file = { ...file, text: now.text, mark: now.mark };
    $("conflict").hidden = true;
    changed();
    text.focus();
  };
  $("take-theirs").focus();
}

// -- panes and keys -----------------------------------------------------------------------------------------

export function showPane(name) {
  document.body.dataset.pane = name;
  for (const button of document.querySelectorAll("nav button"))
    button.setAttribute("aria-pressed", String(button.dataset.show === name));
}

text.addEventListener("input", changed);
text.addEventListener("scroll", follow);
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  const before = text.value.slice(0, text.selectionStart).split("\n").pop();
  const indent = before.match(/^ */)[0];
  if (!indent) return;
  event.preventDefault();
  document.execCommand("insertText", false, `\n${indent}`); // keeps the browser's undo
});
$("find").addEventListener("input", drawTree);
$("find").addEventListener("keydown", (event) => {
  if (event.key === "Enter") $("found").querySelector("button")?.click();
});
$("files").addEventListener("click", () => showTree($("tree").hidden));
$("save").addEventListener("click", save);
$("revert").addEventListener("click", () => { text.value = file.text; changed(); text.focus(); });
for (const button of document.querySelectorAll("nav button"))
  button.addEventListener("click", () => showPane(button.dataset.show));
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); save(); }
  if (event.key !== "Escape") return;
  if (!$("conflict").hidden) { $("conflict").hidden = true; text.focus(); }
  else if (!$("tree").hidden && file) { showTree(false); text.focus(); }
  else { showPane("phone"); $("message").focus(); }
});
