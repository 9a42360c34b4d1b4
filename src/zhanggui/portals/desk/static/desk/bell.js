/* The bell counts anew every 20 s while somebody looks at the page, and at once when they come back to it. */
(function () {
  "use strict";
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  const EVERY = 20000;
  const ask = () => {
    if (document.hidden) return;
    fetch(bell.dataset.bell, { headers: { "X-Desk-Quiet": "1" } })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
      .then((text) => { if (text && text !== bell.innerHTML) bell.innerHTML = text; })
      .catch(() => {});
  };
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
})();
