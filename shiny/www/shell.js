// The shell: menu, filter bar, phases of pages, light and dark. The server is told what was chosen and answers with
// the view ("view" message); the menu does not wait for it.
(function () {
  "use strict";
  var $id = function (id) { return document.getElementById(id); };

  function showPage(id) {
    var chosen = $id("page-" + id);
    if (!chosen || !chosen.hidden) return;
    document.querySelectorAll(".page").forEach(function (page) {
      if (page !== chosen && !page.hidden) { page.hidden = true; $(page).trigger("hidden"); }
    });
    chosen.hidden = false;
    $id("page-title").textContent = chosen.dataset.title;
    document.title = chosen.dataset.title + " \u00b7 Clickstream";
    $id("filter-bar").hidden = chosen.dataset.filtered !== "true";
    document.querySelectorAll(".nav-item").forEach(function (item) {
      if (item.dataset.page === id) item.setAttribute("aria-current", "page"); else item.removeAttribute("aria-current");
    });
    $(chosen).trigger("shown"); // Shiny now draws what was hidden
    window.dispatchEvent(new Event("resize"));
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-page]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      showPage(link.dataset.page);
      window.scrollTo(0, 0);
      Shiny.setInputValue("page", link.dataset.page, { priority: "event" });
      return;
    }
    var closing = event.target.closest("button[data-close]");
    if (closing) $id(closing.dataset.close).close();
    var button = event.target.closest("button[data-input]");
    if (button) Shiny.setInputValue(button.dataset.input, button.dataset.value, { priority: "event" });
  });

  // ---- the filter bar
  var bar = $id("filter-bar");
  function note(text) { $id("filter-note").textContent = text; }
  function sendFilter() {
    var from = $id("filter-from"), to = $id("filter-to");
    var wrong = from.value && to.value && from.value > to.value;
    [from, to].forEach(function (field) { field.setAttribute("aria-invalid", wrong ? "true" : "false"); });
    note(wrong ? "The first day is after the last." : "");
    if (wrong || !from.value !== !to.value) return;
    // Days that are only shown, not chosen, stay unnamed in the URL: the default moves on with the data.
    var named = bar.dataset.named === "true";
    Shiny.setInputValue("filter", {
      from: named ? from.value : null, to: named ? to.value : null, bots: $id("filter-bots").checked
    }, { priority: "event" });
  }
  bar.addEventListener("submit", function (event) { event.preventDefault(); });
  bar.addEventListener("change", function (event) {
    if (event.target.type === "date") bar.dataset.named = "true";
    sendFilter();
  });
  bar.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-days]");
    if (button) Shiny.setInputValue("preset", { days: button.dataset.days }, { priority: "event" });
  });

  $id("scheme-toggle").addEventListener("click", function () {
    window.clickstreamScheme.choose(window.clickstreamScheme.current() === "dark" ? "light" : "dark");
  });
  function nameToggle() {
    $id("scheme-toggle").setAttribute("aria-label", "Switch to " +
      (window.clickstreamScheme.current() === "dark" ? "light" : "dark") + " colours");
  }
  document.addEventListener("schemechange", nameToggle);
  nameToggle();

  // ---- what the server says
  Shiny.addCustomMessageHandler("view", function (view) {
    showPage(view.page);
    document.querySelectorAll("a.nav-item").forEach(function (item) {
      if (view.links[item.dataset.page]) item.setAttribute("href", view.links[item.dataset.page]);
    });
    bar.dataset.named = view.named ? "true" : "false";
    $id("filter-bots").checked = view.bots;
    ["from", "to"].forEach(function (end) {
      var field = $id("filter-" + end);
      if (view.newest) field.max = view.newest;
      if (document.activeElement !== field || view[end] !== field.value) field.value = view[end] || "";
      field.setAttribute("aria-invalid", "false");
    });
    bar.querySelectorAll("button[data-days]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(view.preset) === button.dataset.days ? "true" : "false");
    });
    note("");
  });
  Shiny.addCustomMessageHandler("enable", function (buttons) {
    buttons.forEach(function (button) { var el = $id(button.id); if (el) el.disabled = !button.on; });
  });

  Shiny.addCustomMessageHandler("dialog", function (message) {
    var dialog = $id(message.id);
    if (message.open && !dialog.open) dialog.showModal();
    if (!message.open) dialog.close();
  });
  Shiny.addCustomMessageHandler("reveal", function (id) {
    var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    $id(id).scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  });

  // ---- the phase of a page, as an attribute that the style sheet reads
  var phase = new Shiny.OutputBinding();
  Object.assign(phase, {
    find: function (scope) { return $(scope).find(".phase"); },
    renderValue: function (el, value) {
      if (el.dataset.phase === value) return;
      el.dataset.phase = value;
      $(el.parentElement).trigger("shown");
      window.dispatchEvent(new Event("resize"));
    },
    showProgress: function () {}
  });
  Shiny.outputBindings.register(phase, "clickstream.phase");

  // ---- fields of the browser's own kind
  var field = new Shiny.InputBinding();
  Object.assign(field, {
    find: function (scope) { return $(scope).find("input.native-input"); },
    getValue: function (el) { return el.value; },
    subscribe: function (el, callback) { $(el).on("change.native", function () { callback(); }); },
    unsubscribe: function (el) { $(el).off(".native"); },
    receiveMessage: function (el, message) { el.value = message.value; $(el).trigger("change"); }
  });
  Shiny.inputBindings.register(field, "clickstream.field");
}());
