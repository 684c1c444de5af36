// What the server asks of the page, and the small bindings of our own.
(function () {
  "use strict";
  var $id = function (id) { return document.getElementById(id); };

  Shiny.addCustomMessageHandler("enable", function (buttons) {
    buttons.forEach(function (button) { var el = $id(button.id); if (el) el.disabled = !button.on; });
  });

  Shiny.addCustomMessageHandler("dialog", function (message) {
    var dialog = $id(message.id);
    if (message.open && !dialog.open) dialog.showModal();
    if (!message.open) dialog.close();
  });
  Shiny.addCustomMessageHandler("show", function (message) {
    var el = $id(message.id);
    if (el.classList.contains("is-open") === message.on) return;
    el.classList.toggle("is-open", message.on);
    $(el).trigger(message.on ? "shown" : "hidden"); // Shiny draws only what is seen
    if (!message.on) return;
    window.dispatchEvent(new Event("resize"));
    el.scrollIntoView({ block: "nearest" }); // it may have been asked for far down, in a row
  });
  Shiny.addCustomMessageHandler("reveal", function (id) {
    var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    $id(id).scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  });

  // A file that travelled as a message (see R/fct_csv.R). The mark in front tells Excel that it is UTF-8.
  Shiny.addCustomMessageHandler("save", function (file) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", file.text], { type: "text/csv;charset=utf-8" }));
    link.download = file.name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
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
