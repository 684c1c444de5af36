// The shell: menu, filter bar, light and dark. The server is told what was chosen and answers with the view ("view"
// message); the menu does not wait for it. What the server sends besides is in messages.js.
(function () {
  "use strict";
  var $id = function (id) { return document.getElementById(id); };
  var words = window.clickstreamLocale.words;

  var awaited = null; // the page that the visitor went to, until the server has followed

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
    revealItem();
    $(chosen).trigger("shown"); // Shiny now draws what was hidden
    window.dispatchEvent(new Event("resize"));
  }

  // On a phone the menu is a row that is wider than the screen.
  function revealItem() {
    var item = document.querySelector(".nav-item[aria-current]"), row = document.querySelector(".nav-groups");
    row.scrollLeft = item.offsetLeft - (row.clientWidth - item.clientWidth) / 2;
  }
  revealItem();

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-page]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      showPage(link.dataset.page);
      awaited = { page: link.dataset.page, until: Date.now() + 10000 };
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
    note(wrong ? words.order : "");
    if (wrong || !from.value !== !to.value) return;
    // Days that are only shown, not chosen, stay unnamed in the URL: the default moves on with the data.
    var named = bar.dataset.named === "true";
    var chosen = {
      from: named ? from.value : null, to: named ? to.value : null, bots: $id("filter-bots").checked
    };
    selects().forEach(function (select) { chosen[select.dataset.filter] = select.value; });
    Shiny.setInputValue("filter", chosen, { priority: "event" });
  }
  function selects() { return Array.from(bar.querySelectorAll("select[data-filter]")); }
  bar.addEventListener("submit", function (event) { event.preventDefault(); });
  bar.addEventListener("change", function (event) {
    if (event.target.type === "date") bar.dataset.named = "true";
    sendFilter();
  });
  bar.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-days]");
    if (button) Shiny.setInputValue("preset", { days: button.dataset.days }, { priority: "event" });
  });
  $id("filter-clear").addEventListener("click", function () {
    selects().forEach(function (select) { select.value = ""; });
    $id("filter-bots").checked = false;
    sendFilter();
  });
  $id("filter-toggle").addEventListener("click", function () {
    var open = this.getAttribute("aria-expanded") !== "true";
    this.setAttribute("aria-expanded", open ? "true" : "false");
    $id("filter-more").classList.toggle("is-open", open);
  });

  var regions = window.Intl && Intl.DisplayNames && new Intl.DisplayNames([document.documentElement.lang], { type: "region" });
  function labelOf(name, option) {
    if (name !== "country" || !regions || !/^[A-Z]{2}$/.test(option.value)) return option.label;
    return regions.of(option.value) || option.label;
  }
  function setFilter(select, value) {
    value = value || "";
    if (value && !Array.from(select.options).some(function (option) { return option.value === value; })) {
      select.add(new Option(labelOf(select.dataset.filter, { value: value, label: value }), value));
    }
    select.value = value;
    select.classList.toggle("is-set", value !== "");
  }
  Shiny.addCustomMessageHandler("choices", function (choices) {
    selects().forEach(function (select) {
      var chosen = select.value, all = select.options[0];
      select.replaceChildren(all);
      (choices[select.dataset.filter] || []).forEach(function (option) {
        select.add(new Option(labelOf(select.dataset.filter, option), option.value));
      });
      setFilter(select, chosen);
    });
  });

  $id("scheme-toggle").addEventListener("click", function () {
    window.clickstreamScheme.choose(window.clickstreamScheme.current() === "dark" ? "light" : "dark");
  });
  function nameToggle() {
    $id("scheme-toggle").setAttribute("aria-label", window.clickstreamScheme.current() === "dark" ? words.light : words.dark);
  }
  document.addEventListener("schemechange", nameToggle);
  nameToggle();

  // ---- what the server says
  Shiny.addCustomMessageHandler("view", function (view) {
    // A view of before the visitor's last step does not lead back.
    if (awaited && (view.page === awaited.page || Date.now() > awaited.until)) awaited = null;
    if (!awaited) showPage(view.page);
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
    var filters = view.filters || {}, active = Object.keys(filters).length + (view.bots ? 1 : 0);
    selects().forEach(function (select) { setFilter(select, filters[select.dataset.filter]); });
    $id("filter-clear").hidden = active === 0;
    $id("filter-count").hidden = active === 0;
    $id("filter-count").textContent = active;
    document.querySelectorAll("a[data-lang]").forEach(function (link) {
      var query = new URLSearchParams(view.query);
      query.set("lang", link.dataset.lang);
      link.setAttribute("href", "?" + query);
    });
    note("");
  });
}());
