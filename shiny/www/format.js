// Numbers as people read them, for what is drawn in the browser. R/fct_format.R does the same on the server.
(function () {
  "use strict";
  var DASH = "\u2013";
  var UNITS = ["", "k", "M", "B", "T"];

  function missing(x) { return x === null || x === undefined || x === "" || typeof x === "object" || isNaN(x); }

  function grouped(x, decimals) {
    return x.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  }
  function compact(x) {
    if (missing(x)) return DASH;
    var size = Math.abs(x), power = 0;
    while (power < 4 && size >= (power === 0 ? 1000 : 999.5)) { size /= 1000; power += 1; }
    var digits = power === 0 && size === Math.round(size) ? 0 : (size < 99.95 ? 1 : 0);
    return (x < 0 ? "-" : "") + size.toFixed(digits).replace(/\.0$/, "") + UNITS[power];
  }
  function count(x) { return missing(x) ? DASH : grouped(Math.round(x), 0); }
  function percent(x) {
    if (missing(x)) return DASH;
    var value = x * 100;
    return value.toFixed(value !== 0 && Math.abs(value) < 1 ? 2 : 1) + "%";
  }
  function money(x, look) {
    if (missing(x)) return DASH;
    var size = Math.abs(x);
    var text = size < 1000 && size !== Math.round(size) ? size.toFixed(look.decimals) : compact(size);
    return (x < 0 ? "-" : "") + look.prefix + text;
  }
  function moneyFull(x, look) {
    return missing(x) ? DASH : (x < 0 ? "-" : "") + look.prefix + grouped(Math.abs(x), look.decimals);
  }
  var kinds = { compact: compact, count: count, percent: percent, money: money, moneyFull: moneyFull };

  window.clickstreamFormat = {
    // A formatter of ECharts from what R names: {"$format": "money", "prefix": "$", "decimals": 2}.
    forChart: function (spec) {
      if (spec.$format === "nth") return function (value, index) { return spec.texts[index]; };
      if (spec.$format === "item") return function (item) { return spec.texts[item.dataIndex]; };
      var kind = kinds[spec.$format];
      if (!kind) throw new Error("no number format is called " + spec.$format);
      return function (value) {
        return kind(Number(value !== null && typeof value === "object" ? value.value : value), spec);
      };
    },
    // A renderer of DataTables: words to show, the number itself to sort by.
    cell: function (name, look) {
      return function (data, type) {
        return type === "display" ? kinds[name](data === null || data === "" ? null : Number(data), look) : data;
      };
    }
  };
}());
