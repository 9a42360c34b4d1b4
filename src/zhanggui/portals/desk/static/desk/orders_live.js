/* Where the stream brings nothing (a proxy that holds it back, a browser in an app), the page asks every 15 s. */
(function () {
  "use strict";
  const box = document.querySelector("[data-live]");
  if (!box || !window.htmx) return;
  const PATIENCE = 20000, EVERY = 15000;
  let heard = Date.now();
  document.addEventListener("htmx:after:sse:message", () => { heard = Date.now(); });
  document.addEventListener("htmx:after:sse:connection", () => { heard = Date.now() + 60000; });
  document.addEventListener("htmx:sse:error", () => { heard = 0; });
  setInterval(() => {
    if (document.hidden || Date.now() - heard < PATIENCE) return;
    fetch(box.dataset.live, { headers: { "HX-Request": "true" } })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((text) => { if (text) box.innerHTML = text; });
  }, EVERY);
})();
