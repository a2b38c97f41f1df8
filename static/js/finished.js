// "Finish, clear this screen": the way back must not lead the next person to a private page.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-finish]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    window.location.replace(link.href);
  });
  // A browser may keep a page ready in memory; ask for it anew instead.
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
})();
