// A seed of 256 random bits from the browser, where there is one. Without this, the form takes what is typed.
(() => {
  const line = document.querySelector(".seed"), field = document.getElementById("seed");
  if (!line || !field || !window.crypto) return;
  line.hidden = false;
  line.firstElementChild.addEventListener("click", () => {
    field.value = Array.from(crypto.getRandomValues(new Uint8Array(32)), (one) => one.toString(16).padStart(2, "0")).join("");
    field.focus();
  });
})();
