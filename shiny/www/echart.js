// Shiny output binding for Apache ECharts; see R/echart.R. Options are data: colours and fonts may name custom
// properties of the style sheet ("var(--accent)"), {"$format": …} stands for a formatter of format.js.
(function () {
  "use strict";
  var drawn = new Map(); // element -> {chart, options}

  function resolved(value, key, style) {
    if (Array.isArray(value)) return value.map(function (part) { return resolved(part, key, style); });
    if (value !== null && typeof value === "object") {
      if (value.$format) return window.clickstreamFormat.forChart(value);
      var copy = {};
      Object.keys(value).forEach(function (name) { copy[name] = resolved(value[name], name, style); });
      return copy;
    }
    // Only where a colour or a font stands: a product may be called "var(--x)".
    var property = /color|fontfamily/i.test(key) && typeof value === "string" && /^var\((--[\w-]+)\)$/.exec(value);
    return property ? style.getPropertyValue(property[1]).trim() : value;
  }

  function tooltipLook(style) {
    return {
      backgroundColor: style.getPropertyValue("--raised").trim(), borderColor: style.getPropertyValue("--line").trim(),
      padding: [8, 12], textStyle: { color: style.getPropertyValue("--text").trim(), fontSize: 13 },
      extraCssText: "border-radius:10px;box-shadow:0 6px 24px rgb(0 0 0 / .14);font-variant-numeric:tabular-nums"
    };
  }

  function draw(el, animate) {
    var entry = drawn.get(el);
    if (!entry || !entry.options || !el.clientWidth || !window.echarts) return;
    var first = !entry.chart; // what is new stands at once; what changes moves
    if (first) {
      entry.chart = echarts.init(el, null, { renderer: "canvas" });
      entry.chart.on("finished", function () { el.classList.add("is-finished"); }); // bench/dashboard waits for it
    }
    var style = getComputedStyle(document.documentElement);
    var options = resolved(entry.options, "", style);
    var calm = first || !animate || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    options.animation = !calm;
    [].concat(options.yAxis || []).forEach(function (axis) {
      if (axis.axisLabel && axis.axisLabel.width) axis.axisLabel.width = Math.min(axis.axisLabel.width, el.clientWidth * 0.34);
    });
    options.tooltip = Object.assign(tooltipLook(style), options.tooltip);
    // replaceMerge: a refresh moves what is there, and what has gone goes.
    entry.chart.setOption(options, { replaceMerge: ["series", "xAxis", "yAxis"] });
    el.classList.add("is-drawn");
  }

  var binding = new Shiny.OutputBinding();
  Object.assign(binding, {
    find: function (scope) { return $(scope).find(".echart"); },
    renderValue: function (el, options) {
      var entry = drawn.get(el) || {};
      entry.options = options;
      drawn.set(el, entry);
      if (options === null && entry.chart) entry.chart.clear();
      draw(el, true);
    },
    renderError: function (el, error) { el.setAttribute("data-error", error.message); },
    clearError: function (el) { el.removeAttribute("data-error"); },
    resize: function (el) {
      var entry = drawn.get(el);
      if (entry && entry.chart) entry.chart.resize(); else draw(el, true);
    }
  });
  Shiny.outputBindings.register(binding, "clickstream.echart");

  document.getElementById("chart-library").addEventListener("load", function () {
    drawn.forEach(function (entry, el) { draw(el, false); });
  });
  document.addEventListener("schemechange", function () {
    drawn.forEach(function (entry, el) { draw(el, false); });
  });
  window.addEventListener("resize", function () {
    drawn.forEach(function (entry, el) { if (entry.chart && el.clientWidth) entry.chart.resize(); });
  });
}());
