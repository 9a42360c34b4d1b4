/* The shell without frameworks: theme, menus, drawer, copy, one-time forms. Pages work without it. */
(function () {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");
  const $ = (selector, inside) => (inside || document).querySelector(selector);

  function token() {
    const field = $("input[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  }

  function post(url, fields) {
    return fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": token(), "X-Desk-Quiet": "1" },
      body: new URLSearchParams(fields),
    });
  }

  function toast(text) {
    const box = $("#toast");
    if (!box) return;
    box.textContent = text;
    box.classList.add("is-on");
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => box.classList.remove("is-on"), 2200);
  }

  /* A file above the limit is refused before it is sent; the server refuses it as well. */
  function tooLarge(form) {
    for (const field of form.querySelectorAll("input[type=file][data-most-bytes]")) {
      const file = field.files[0];
      const large = file && file.size > Number(field.dataset.mostBytes);
      field.setCustomValidity(large ? field.dataset.tooLarge : "");
      if (large) {
        field.reportValidity();
        field.addEventListener("change", () => field.setCustomValidity(""), { once: true });
        return true;
      }
    }
    return false;
  }

  /* Theme and density: switched at once, stored behind. */
  function isDark() {
    const theme = root.dataset.theme;
    return theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-theme-form]")) {
      event.preventDefault();
      const theme = isDark() ? "light" : "dark";
      root.dataset.theme = theme;
      post(form.action, { theme });
    } else if (form.matches("[data-density-form]") && event.submitter) {
      event.preventDefault();
      const density = event.submitter.value;
      root.dataset.density = density;
      for (const one of form.querySelectorAll("button")) one.toggleAttribute("aria-pressed", one === event.submitter);
      event.submitter.setAttribute("aria-pressed", "true");
      post(form.action, { density });
    } else if (tooLarge(form)) {
      event.preventDefault();
    } else if (form.matches("[data-once]")) {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "1";
      for (const one of form.querySelectorAll("button:not([type=button])")) setTimeout(() => (one.disabled = true));
    } else if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
      event.preventDefault();
    }
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("[data-sent]")) {
      delete form.dataset.sent;
      for (const one of form.querySelectorAll("button")) one.disabled = false;
    }
  });

  /* Menus close on a click elsewhere and on Escape; the side menu and the filters open on Enter too. */
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      const side = $("#side-open");
      if (side) side.checked = false;
    }
    if (event.key === "Enter" && event.target.matches && event.target.matches("#side-open, #more-filters")) {
      event.preventDefault();
      event.target.click();
    }
  });

  /* Copy a number. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const box = $("#toast");
    navigator.clipboard.writeText(button.dataset.copy).then(
      () => toast(box.dataset.copied),
      () => toast(box.dataset.failed),
    );
  });

  /* The drawer: a real page, fetched as a fragment. <dialog> traps the focus; we give it back. */
  let opener = null;
  async function openDrawer(url, from) {
    const drawer = $("#drawer");
    if (!drawer) return (location.href = url);
    if (!drawer.open) {
      opener = from || document.activeElement;
      drawer.replaceChildren();
      const wait = document.createElement("p");
      wait.className = "drawer-wait";
      wait.textContent = "…";
      drawer.append(wait);
      drawer.showModal();
    }
    try {
      const answer = await fetch(url, { headers: { "X-Desk-Drawer": "1" } });
      if (answer.redirected && new URL(answer.url).pathname.startsWith("/login")) return (location.href = url);
      drawer.innerHTML = await answer.text();
      drawer.scrollTop = 0;
      if (window.htmx) window.htmx.process(drawer);
      const first = $(".drawer-body a, .drawer-body button, .drawer-body input", drawer) || $("button", drawer);
      if (first) first.focus({ preventScroll: true });
    } catch {
      drawer.close();
      toast($("#toast").dataset.failed);
    }
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-drawer]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    openDrawer(link.href, link);
  });
  const drawer = $("#drawer");
  if (drawer) {
    drawer.addEventListener("close", () => {
      drawer.replaceChildren();
      if (opener && opener.isConnected) opener.focus();
      opener = null;
    });
    drawer.addEventListener("click", (event) => {
      if (event.target === drawer) drawer.close();
    });
  }

  /* Rows that unfold: the link works as a page; here its list is fetched once and shown below the row. */
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-expand]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const place = document.getElementById(link.dataset.expand);
    const open = place.hidden;
    place.hidden = !open;
    link.setAttribute("aria-expanded", String(open));
    if (!open || place.dataset.loaded) return;
    const answer = await fetch(link.href, { headers: { "X-Desk-Expand": "1" } });
    if (!answer.ok) return (location.href = link.href);
    place.firstElementChild.innerHTML = await answer.text();
    place.dataset.loaded = "1";
    if (window.htmx) window.htmx.process(place);
  });

  /* What was revealed is masked again after its time, on a page left open too. */
  for (const shown of document.querySelectorAll("[data-fades]")) {
    setTimeout(() => { shown.textContent = shown.dataset.masked; }, Number(shown.dataset.fades) * 1000);
  }

  window.desk = { openDrawer, post, toast };
})();
