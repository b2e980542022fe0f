// A passkey is made or used by the browser, and its answer goes the way of any form: this file fills in the fields.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const use = async () => {
    const answer = await fetch("/sign-in/passkey/", { headers: { Accept: "application/json" } });
    const asked = await answer.json();
    const publicKey = { challenge: bytes(asked.challenge), rpId: asked.rpId, userVerification: "required" };
    const key = await navigator.credentials.get({ publicKey });
    const told = key.response;
    return {
      id: text(key.rawId),
      client: text(told.clientDataJSON),
      authenticator: text(told.authenticatorData),
      signature: text(told.signature),
      user: told.userHandle ? text(told.userHandle) : "",
    };
  };

  const make = async (form) => {
    const asked = JSON.parse(form.dataset.asked);
    const key = await navigator.credentials.create({
      publicKey: {
        challenge: bytes(asked.challenge),
        rp: { id: asked.rpId, name: "custodiet" },
        user: { ...asked.user, id: bytes(asked.user.id) },
        pubKeyCredParams: asked.algorithms.map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: asked.known.map((id) => ({ type: "public-key", id: bytes(id) })),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        attestation: "none",
      },
    });
    return {
      client: text(key.response.clientDataJSON),
      authenticator: text(key.response.getAuthenticatorData()),
      public: text(key.response.getPublicKey()),
    };
  };

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const told = form.querySelector("[data-told]");
      told.textContent = "";
      try {
        const fields = await (form.dataset.passkey === "make" ? make(form) : use());
        for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
        form.submit();
      } catch (fault) {
        told.textContent = form.querySelector("[data-refused]").content.textContent;
      }
    });
  }
})();
