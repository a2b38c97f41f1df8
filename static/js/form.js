// Small comforts for the forms. Every page works without this file.
(() => {
  "use strict";
  const errors = document.querySelector("[data-errors]");
  if (errors) errors.focus();

  const state = document.getElementById("state");
  const country = document.querySelector('[data-field="country"]');
  if (state && country) {
    // A choice made for another country is kept visible as long as something is wrong with it.
    const reveal = () => { country.hidden = state.value !== "ZZ" && !country.classList.contains("bad"); };
    state.addEventListener("change", reveal);
    window.addEventListener("pageshow", reveal);
    reveal();
  }

  const comment = document.getElementById("comment");
  if (comment && comment.dataset.left) {
    const left = document.createElement("p");
    left.className = "counted";
    left.setAttribute("aria-live", "polite");
    comment.after(left);
    const count = () => {
      const rest = comment.maxLength - comment.value.length;
      left.textContent = comment.value && rest <= 100 ? comment.dataset.left.replace("{left}", rest) : "";
    };
    comment.addEventListener("input", count);
    count();
  }

  const share = document.querySelector("[data-share]");
  if (share) {
    const said = document.querySelector("[data-shared]");
    const say = (words) => { if (said) said.textContent = words; };
    share.hidden = !(navigator.share || navigator.clipboard);
    share.addEventListener("click", async () => {
      const what = { title: share.dataset.title, url: share.dataset.share };
      try {
        if (navigator.share) await navigator.share(what);
        else { await navigator.clipboard.writeText(what.url); say(share.dataset.copied); }
      } catch (refusal) {
        if (refusal.name !== "AbortError") say(share.dataset.byHand);
      }
    });
  }
})();
