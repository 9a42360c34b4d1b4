/* Lists: keyboard (j k x Enter / Esc ? Ctrl-K), bulk selection, date presets, column order. */
(function () {
  "use strict";
  const $ = (selector, inside) => (inside || document).querySelector(selector);
  const $$ = (selector, inside) => [...(inside || document).querySelectorAll(selector)];
  const rows = () => $$("[data-grid] > tbody > tr[data-id]");

  function here() {
    return $("[data-grid] tr.is-here");
  }

  function go(step) {
    const all = rows();
    if (!all.length) return;
    const now = here();
    const next = all[now ? Math.min(all.length - 1, Math.max(0, all.indexOf(now) + step)) : 0];
    if (now) now.classList.remove("is-here");
    next.classList.add("is-here");
    next.scrollIntoView({ block: "nearest" });
    const link = $("a", next);
    if (link) link.focus({ preventScroll: true });
  }

  function count() {
    const form = $("[data-bulk]");
    if (!form) return;
    const boxes = $$("input[name=pick]");
    const picked = boxes.filter((box) => box.checked).length;
    const all = $("[data-pick-page]");
    if (all) {
      all.checked = picked > 0 && picked === boxes.length;
      all.indeterminate = picked > 0 && picked < boxes.length;
    }
    const everything = $("[data-everything]", form);
    $("[data-bulk-count]", form).textContent = picked;
    form.classList.toggle("is-everything", Boolean(everything && everything.checked));
  }

  document.addEventListener("change", (event) => {
    const target = event.target;
    if (target.matches("[data-pick-page]")) {
      for (const box of $$("input[name=pick]")) box.checked = target.checked;
      count();
    } else if (target.matches("input[name=pick], [data-everything]")) {
      count();
    } else if (target.matches("[data-preset]")) {
      const range = target.closest("[data-range]");
      if (target.value === "custom") $("[data-day]", range).focus();
      else for (const box of $$("[data-day]", range)) box.value = "";
    } else if (target.matches("[data-day]")) {
      const preset = $("[data-preset]", target.closest("[data-range]"));
      if (target.value) preset.value = "custom";
      const digits = target.value.replace(/\D/g, "");
      if (digits.length === 8) target.value = digits.replace(/(\d{4})(\d{2})(\d{2})/, "$1-$2-$3");
    }
  });

  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (box.matches && box.matches("input[name=pick]")) {
      if (event.shiftKey && last && last.isConnected) {
        const all = $$("input[name=pick]");
        const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
        for (const one of all.slice(from, to + 1)) one.checked = box.checked;
        count();
      }
      last = box;
    }
    if (box.closest && box.closest("[data-bulk-clear]")) {
      for (const one of $$("input[name=pick], [data-everything]")) one.checked = false;
      count();
    }
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      const box = $("#find-box");
      if (box) {
        event.preventDefault();
        box.focus();
        box.select();
      }
      return;
    }
    if (event.key === "Escape" && typing) return typing.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "x" && here()) {
      const box = $("input[name=pick]", here());
      if (box) {
        box.checked = !box.checked;
        count();
      }
    } else if (event.key === "Enter" && here() && !event.target.closest("a, button, summary")) {
      const link = $("a", here());
      if (link) link.click();
    } else if (event.key === "/") {
      const box = $("[data-search-box]") || $("#find-box");
      if (box) {
        event.preventDefault();
        box.focus();
        box.select();
      }
    } else if (event.key === "?") {
      const help = $("#shortcuts");
      if (help) help.showModal();
    } else return;
    if (event.key !== "Enter") event.preventDefault();
  });

  /* Column order by dragging; without it the order stays. */
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-sortable] > li");
    if (dragged) dragged.classList.add("is-dragged");
  });
  document.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-sortable] > li");
    if (!dragged || !over || over.parentNode !== dragged.parentNode || over === dragged) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    over.parentNode.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
  });
  document.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("is-dragged");
    dragged = null;
  });

  /* An empty filter field is not sent: the URL stays short enough to read and to share. */
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-filters]")) return;
    for (const field of $$("input[name], select[name]", event.target)) if (!field.value) field.disabled = true;
    setTimeout(() => $$("[disabled]", event.target).forEach((field) => (field.disabled = false)));
  }, true);
  document.addEventListener("htmx:config:request", (event) => {
    const ctx = event.detail.ctx;
    if (!ctx.sourceElement.matches("[data-filters]") || !ctx.request.body) return;
    for (const [name, value] of [...ctx.request.body.entries()]) if (value === "") ctx.request.body.delete(name);
  });
  document.addEventListener("htmx:after:swap", count);
  addEventListener("pageshow", count);
})();
