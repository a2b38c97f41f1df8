// The SHA-256 of a file, computed here and looked up: the file itself goes nowhere.
(() => {
  "use strict";
  const drop = document.getElementById("drop");
  const file = document.getElementById("file");
  const said = document.getElementById("said");
  const ask = document.getElementById("ask");
  const typed = document.getElementById("sha256");
  // WebCrypto wants the whole file at once; a browser gives a page hardly more than this.
  const LARGEST = 1e9;

  // A file that misses the field must not take the page's place.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  }

  drop.hidden = false;
  if (!window.isSecureContext || !window.crypto || !window.crypto.subtle) {
    file.hidden = true;
    said.textContent = drop.dataset.unable;
    return;
  }

  async function look(chosen) {
    if (!chosen) return;
    if (chosen.size > LARGEST) { said.textContent = drop.dataset.large; return; }
    said.textContent = drop.dataset.busy;
    try {
      const digest = await crypto.subtle.digest("SHA-256", await chosen.arrayBuffer());
      typed.value = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    } catch {
      said.textContent = drop.dataset.unread;
      return;
    }
    ask.requestSubmit();
  }

  file.addEventListener("change", () => look(file.files[0]));
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const files = event.dataTransfer.files;
    // A folder comes as a file that nobody can read.
    const folder = Array.from(event.dataTransfer.items).some((item) => item.webkitGetAsEntry()?.isDirectory);
    if (files.length > 1) said.textContent = drop.dataset.several;
    else if (folder || !files.length) said.textContent = drop.dataset.none;
    else look(files[0]);
  });
})();
