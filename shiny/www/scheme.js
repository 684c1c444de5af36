// Light or dark, before the first paint: the visitor's own choice, else the system's.
(function () {
  "use strict";
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  function chosen() {
    try { return window.localStorage.getItem("clickstream-scheme"); } catch (error) { return null; }
  }
  function apply(scheme) {
    document.documentElement.dataset.scheme = scheme;
    document.dispatchEvent(new CustomEvent("schemechange", { detail: scheme }));
  }
  window.clickstreamScheme = {
    current: function () { return document.documentElement.dataset.scheme; },
    choose: function (scheme) {
      try { window.localStorage.setItem("clickstream-scheme", scheme); } catch (error) { /* private window */ }
      apply(scheme);
    }
  };
  system.addEventListener("change", function () {
    if (!chosen()) apply(system.matches ? "dark" : "light");
  });
  apply(chosen() || (system.matches ? "dark" : "light"));
}());
