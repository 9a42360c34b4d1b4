// Sugar only: every page works without it.
(() => {
  "use strict";
  const once = (form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  document.querySelectorAll("form[data-once]").forEach(once);
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  // Empty fields stay out of the address.
  document.querySelectorAll("form[data-tidy]").forEach((form) => form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  }));

  // Quantities get a minus and a plus.
  document.querySelectorAll("[data-stepper]").forEach((box) => {
    const input = box.querySelector("input");
    if (input.disabled) return;
    const step = (by, text, where) => {
      const button = document.createElement("button");
      button.type = "button"; button.textContent = text; button.tabIndex = -1; button.setAttribute("aria-hidden", "true");
      button.addEventListener("click", () => {
        const next = Math.min(Number(input.max) || 999, Math.max(Number(input.min) || 1, (Number(input.value) || 1) + by));
        if (next !== Number(input.value)) { input.value = String(next); input.dispatchEvent(new Event("change", { bubbles: true })); }
      });
      input[where](button);
    };
    step(-1, "−", "before"); step(1, "+", "after");
  });

  // A small picture shows large without leaving the page.
  document.querySelectorAll("[data-gallery]").forEach((gallery) => gallery.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-large]"), large = gallery.querySelector(".gallery-large img");
    if (!link || !large) return;
    event.preventDefault();
    large.src = link.dataset.large;
    gallery.querySelectorAll("a[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
  }));

  // A change in these forms is sent at once, as its button would.
  document.querySelectorAll("form[data-live]").forEach((form) => form.addEventListener("change", (event) => {
    if (event.target.closest("[data-quiet]")) return;
    form.requestSubmit(form.querySelector("[data-refresh]"));
  }));

  // Waiting pages ask whether there is news and load again when there is.
  document.querySelectorAll("[data-watch]").forEach((box) => {
    const every = Number(box.dataset.every || 3000); // a bank takes its time
    const ask = async () => {
      try {
        const answer = await fetch(box.dataset.watch, { headers: { Accept: "application/json" } });
        const writing = [...document.querySelectorAll("textarea")].some((text) => text.value !== text.defaultValue);
        if (answer.ok && (await answer.json()).mark !== box.dataset.mark && !writing) { location.reload(); return; }
      } catch { /* the next time */ }
      setTimeout(ask, document.hidden ? Math.max(15000, every) : every);
    };
    setTimeout(ask, every);
  });
  document.querySelectorAll("[data-until]").forEach((box) => {
    const end = Date.parse(box.dataset.until);
    const tick = () => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000));
      if (left > 86400) { setTimeout(tick, 60000); return; } // the words that are there say it better
      const two = (part) => String(part).padStart(2, "0");
      const hours = left >= 3600 ? `${Math.floor(left / 3600)}:` : "";
      box.textContent = `${hours}${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
      if (left) setTimeout(tick, 1000);
    };
    tick();
  });
})();
// Paying inside WeChat: its own script takes what the channel signed.
document.querySelectorAll("[data-bridge]").forEach((button) => button.addEventListener("click", () => {
  const fields = {};
  for (const [name, value] of Object.entries(button.dataset)) if (name.startsWith("field")) {
    const cut = value.indexOf("="); fields[value.slice(0, cut)] = value.slice(cut + 1);
  }
  const go = () => window.WeixinJSBridge.invoke("getBrandWCPayRequest", fields, () => location.reload());
  if (window.WeixinJSBridge) go(); else document.addEventListener("WeixinJSBridgeReady", go, { once: true });
}));
