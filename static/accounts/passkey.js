// Passkeys: hands what the page asks to the device, and the device's answer to the form. Sign-in works without this file.
(() => {
  "use strict";
  const works = Boolean(window.PublicKeyCredential && navigator.credentials);
  for (const only of document.querySelectorAll("[data-needs-passkeys]")) only.hidden = !works;
  if (!works) return;
  for (const without of document.querySelectorAll("[data-no-passkeys]")) without.hidden = true;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

  // Browsers of before 2025 cannot read the options from JSON by themselves.
  const ask = (options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge) };
    if (!options.user) return navigator.credentials.get({ publicKey: { ...publicKey, allowCredentials: named(options.allowCredentials) } });
    publicKey.user = { ...options.user, id: bytes(options.user.id) };
    publicKey.excludeCredentials = named(options.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  };
  const told = (credential) => {
    const said = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) said[part] = words(credential.response[part]);
    }
    return JSON.stringify({ id: credential.id, rawId: words(credential.rawId), type: credential.type, response: said });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-failed]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        form.elements.answer.value = told(await ask(JSON.parse(form.dataset.passkey)));
        form.submit();
      } catch (refusal) {
        failed.textContent = failed.dataset.failed;
        failed.hidden = false;
      }
    });
  }
})();
