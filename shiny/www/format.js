// Numbers as people read them, for what is drawn in the browser, by the marks of the page's language (see
// R/locale.R). R/fct_format.R does the same on the server.
(function () {
  "use strict";
  var DASH = "\u2013";
  var locale = JSON.parse(document.getElementById("locale").textContent);
  var marks = locale.number;

  function missing(x) { return x === null || x === undefined || x === "" || typeof x === "object" || isNaN(x); }

  function grouped(x, decimals) {
    var parts = x.toFixed(decimals).split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+(?!\d))/g, marks.group);
    return parts.join(marks.decimal);
  }
  function compact(x) {
    if (missing(x)) return DASH;
    var size = Math.abs(x), power = 0;
    while (power < 4 && size >= (power === 0 ? 1000 : 999.5)) { size /= 1000; power += 1; }
    var digits = power === 0 && size === Math.round(size) ? 0 : (size < 99.95 ? 1 : 0);
    var text = digits ? grouped(size, 1).replace(marks.decimal + "0", "") : grouped(size, 0);
    return (x < 0 ? "-" : "") + text + marks.units[power];
  }
  function count(x) { return missing(x) ? DASH : grouped(Math.round(x), 0); }
  function percent(x) {
    if (missing(x)) return DASH;
    var value = x * 100;
    return grouped(value, value !== 0 && Math.abs(value) < 1 ? 2 : 1) + "%";
  }
  function signed(x, look, text) { return (x < 0 ? "-" : "") + look.prefix + text + look.suffix; }
  function money(x, look) {
    if (missing(x)) return DASH;
    var size = Math.abs(x);
    return signed(x, look, size < 1000 && size !== Math.round(size) ? grouped(size, look.decimals) : compact(size));
  }
  function moneyFull(x, look) { return missing(x) ? DASH : signed(x, look, grouped(Math.abs(x), look.decimals)); }
  var kinds = { compact: compact, count: count, percent: percent, money: money, moneyFull: moneyFull };

  function textOf(spec, item) {
    var texts = item.dataType === "edge" ? spec.edges : spec.texts;
    return texts[item.dataIndex];
  }
  // What a tooltip's formatter gives is taken for markup: texts of events are escaped.
  function escaped(text) {
    return String(text).replace(/[&<>"']/g, function (sign) { return "&#" + sign.charCodeAt(0) + ";"; });
  }

  window.clickstreamLocale = locale;
  window.clickstreamFormat = {
    // A formatter of ECharts from what R names: {"$format": "money", "prefix": "$", "suffix": "", "decimals": 2}.
    forChart: function (spec) {
      if (spec.$format === "nth") return function (value, index) { return spec.texts[index]; };
      if (spec.$format === "item") return function (item) { return textOf(spec, item); };
      if (spec.$format === "tip") {
        return function (item) { return escaped(textOf(spec, item)).replace(/\n/g, "<br>"); };
      }
      var kind = kinds[spec.$format];
      if (!kind) throw new Error("no number format is called " + spec.$format);
      return function (value) {
        return kind(Number(value !== null && typeof value === "object" ? value.value : value), spec);
      };
    }
  };
}());
