// Puts the parts together and shows the state of the saved knowledge.

import { $, get } from "./dom.js";
import { compareAgain, loadTree, open } from "./editor.js";
import { countries, onMessage } from "./phone.js";
import { onOpen } from "./reading.js";

const SAID = {
  compiling: "compiling the saved knowledge…",
  ready: "ready",
  faults: "the saved knowledge has faults",
  failed: "the knowledge could not be compiled; saving a file tries it again",
};

async function look() {
  let wait = 1500;
  try {
    const now = await get("/api/state");
    const version = now.version ? ` · knowledge ${now.version}` : "";
    const faults = now.faults.length ? `: ${now.faults[0].path}:${now.faults[0].line} ${now.faults[0].what}` : "";
    $("state").textContent = SAID[now.state] + faults + version;
    $("state").className = now.state;
    if (now.version) await countries();
    if (now.state === "ready") wait = 3000;
  } catch {
    $("state").textContent = "the studio does not answer; is it still running?";
    $("state").className = "faults";
  }
  setTimeout(look, document.hidden ? 10_000 : wait);
}

onOpen(open);
onMessage(compareAgain);
look();
loadTree();
$("message").focus();
