// Small helpers: elements, requests, and Telegram's HTML.

export const $ = (id) => document.getElementById(id);

/** An element with attributes and children; text is never read as HTML. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export class Refused extends Error {
  constructor(status, body) {
    super(body.fault || `the studio answered ${status}`);
    this.status = status;
    this.body = body;
  }
}

async function answered(response) {
  if (response.ok) return response;
  let body = {};
  try { body = await response.json(); } catch { /* no JSON: the status says it */ }
  throw new Refused(response.status, body);
}

export async function get(path) {
  return (await answered(await fetch(path))).json();
}

function posted(path, value, signal) {
  return fetch(path, {
    method: "POST", signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify(value),
  }).then(answered);
}

export async function post(path, value, signal) {
  return (await posted(path, value, signal)).json();
}

/** Calls `take` with each line of a stream of JSON. */
export async function stream(path, value, take, signal) {
  const reader = (await posted(path, value, signal)).body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value: bytes } = await reader.read();
    rest += decoder.decode(bytes ?? new Uint8Array(), { stream: !done });
    const lines = rest.split("\n");
    rest = lines.pop();
    for (const line of lines) if (line) take(JSON.parse(line));
    if (done) return;
  }
}

const KEPT = new Set(["B", "I", "CODE", "PRE"]);

/** Telegram's HTML as nodes: only what Telegram itself knows is kept. */
export function telegram(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html").body;
  const copy = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
    const children = [...node.childNodes].map(copy).filter(Boolean);
    if (KEPT.has(node.nodeName)) return el(node.nodeName.toLowerCase(), {}, children);
    if (node.nodeName === "A" && /^https?:\/\//.test(node.getAttribute("href") || ""))
      return el("a", { href: node.getAttribute("href"), target: "_blank", rel: "noopener noreferrer" }, children);
    if (node.nodeName === "BLOCKQUOTE") {
      const title = node.firstChild?.nodeName === "B" ? node.firstChild.textContent : "More";
      if (children[0]?.nodeName === "B") children.shift();
      return el("details", {}, el("summary", {}, title), el("div", {}, children));
    }
    const rest = document.createDocumentFragment();
    rest.append(...children);
    return rest;
  };
  return [...parsed.childNodes].map(copy);
}

export const words = (level) => (level || "").replaceAll("_", " ");

/** Calls `run` when no call has come for `wait` milliseconds. */
export function debounced(run, wait) {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => run(...given), wait); };
}
