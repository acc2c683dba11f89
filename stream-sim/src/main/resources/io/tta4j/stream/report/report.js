"use strict";

const byId = id => document.getElementById(id);
const report = JSON.parse(byId("data").textContent);
const gallery = JSON.parse(byId("gallery-data").textContent);
const distinct = values => [...new Set(values)];
const methods = distinct(report.results.map(r => r.method));
const settings = distinct(report.results.map(r => r.setting));
const seeds = distinct(report.results.map(r => r.seed));
const hasSource = methods.includes("source");
const isIncremental = report.results.some(r => r.incremental);

/* What is looked at; stream "" is their mean, seed "" likewise. */
const view = { setting: settings[0], stream: "", seed: "", hidden: new Set() };

const sum = values => values.reduce((a, b) => a + b, 0);
const mean = values => sum(values) / values.length;
const isNumber = value => value !== null && value !== undefined;
const minus = text => text.replace("-", "\u2212");
const fixed = (value, digits = 2) => isNumber(value) ? minus(value.toFixed(digits)).replace(/^\u2212(0\.0*)$/, "$1") : "\u2013";
const signed = (value, digits = 2) => {
  const text = fixed(value, digits);
  return isNumber(value) && value > 0 && Number(value.toFixed(digits)) !== 0 ? "+" + text : text;
};
const count = value => Math.round(value).toLocaleString("en");
const percent = value => isNumber(value) ? fixed(value) + " %" : "\u2013";
const interval = gain => `${signed(gain.low)} to ${signed(gain.high)}`;
/* Good or bad where the interval leaves no doubt. */
const tone = ({ low, high }) => low > 0 ? "good" : high < 0 ? "bad" : "quiet";
const words = name => name.replaceAll("_", " ");
const classNames = Array.isArray(report.config.classes) ? report.config.classes : [];
const className = number => classNames[number] ?? `class ${number}`;

const resultsOf = (method, { setting = view.setting, stream = "", seed = "" } = {}) => report.results.filter(r =>
  r.method === method && r.setting === setting && (stream === "" || r.corruption === stream) && (seed === "" || r.seed === seed));
const summaryOf = (method, setting = view.setting, stream = null) =>
  report.summary.find(s => s.method === method && s.setting === setting && s.stream === stream);
const streamsOf = setting => distinct(report.results.filter(r => r.setting === setting).map(r => r.corruption));
const shown = () => methods.filter(m => !view.hidden.has(m));

/* Elements and tables. */

function element(tag, text, className) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

function drawing(tag, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

function swatch(method) {
  const square = element("span", undefined, "swatch");
  square.style.background = `var(${cssColour(method)})`;
  return square;
}

function withSwatch(method) {
  const label = element("span", undefined, "named");
  label.append(swatch(method), method);
  return label;
}

/* Fills a table anew; a cell is text, a node, or { content, className, background }. The first of a row is its header. */
function table(id, head, rows) {
  const cell = (tag, value, scope) => {
    const { content, className, background } = value?.content !== undefined ? value : { content: value };
    const node = element(tag, undefined, className);
    node.append(content);
    if (scope) node.scope = scope;
    if (background) node.style.background = background;
    return node;
  };
  const line = element("tr");
  head.forEach(value => line.append(cell(value === "" ? "td" : "th", value, value === "" ? "" : "col")));
  const thead = element("thead");
  thead.append(line);
  const body = element("tbody");
  for (const { cells, className } of rows) {
    const row = element("tr", undefined, className);
    cells.forEach((value, i) => row.append(i ? cell("td", value) : cell("th", value, "row")));
    body.append(row);
  }
  byId(id).replaceChildren(thead, body);
}

/* One colour a method, wherever it shows. */
function cssColour(method) {
  if (method === "source") return "--source";
  return "--method-" + (1 + methods.filter(m => m !== "source").indexOf(method) % 10);
}

function describe(value) {
  if (Array.isArray(value)) return value.length ? value.map(describe).join(", ") : "none";
  if (isMap(value)) return Object.entries(value).map(([k, v]) => `${k} = ${describe(v)}`).join(", ") || "defaults";
  return String(value);
}

const isMap = value => value !== null && typeof value === "object" && !Array.isArray(value);

function details(id, values, prefix = "") {
  for (const [key, value] of Object.entries(values)) {
    const label = (prefix + key).replace(/([a-z])([A-Z][a-z])/g, "$1 $2").toLowerCase().replace(/\bmib\b/, "MiB");
    if (isMap(value) && prefix === "") {
      details(id, value, key + " ");
    } else {
      byId(id).append(element("dt", label), element("dd", describe(value)));
    }
  }
}

/* The head of the page. */

function header() {
  const { config } = report;
  byId("title").textContent = `${methods.join(", ")} on ${config.model?.file ?? "a model"}`;
  document.title = `tta4j: ${byId("title").textContent}`;
  settings.forEach((setting, i) => {
    const label = element("label");
    const input = element("input");
    input.type = "radio";
    input.name = "setting";
    input.checked = i === 0;
    input.addEventListener("change", () => {
      Object.assign(view, { setting, stream: "", seed: "" });
      show();
    });
    label.append(input, element("span", setting));
    byId("setting").append(label);
  });
  byId("setting").hidden = settings.length === 1;
}

function subtitle() {
  const { config } = report;
  const own = resultsOf(methods[0]);
  const images = sum(own.filter(r => r.seed === own[0].seed).map(r => r.samples));
  const names = distinct(own.flatMap(r => Object.keys(r.domains)));
  const kinds = names.length === 1 ? words(names[0]) : `${names.length} corruptions`;
  byId("subtitle").textContent = `${count(images)} images of ${config.data}, ${kinds}, ${view.setting} setting`
    + (config.batch ? `, batches of ${config.batch}` : "") + (seeds.length > 1 ? `, means over ${seeds.length} seeds` : "");
  const about = (config.streams ?? []).filter(line => line.startsWith(view.setting + ":"));
  byId("setting-note").textContent = about.join(" ");
  byId("setting-note").hidden = settings.length === 1 || !about.length;
}

/* Ranking: a row a method, with the interval of its gain on a scale that all share. */

function niceTicks(low, high, about = 4) {
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find(factor => factor * power >= rough);
  const ticks = [];
  for (let i = Math.floor(low / step); i <= Math.ceil(high / step); i++) ticks.push(i * step);
  return { ticks, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

function scaleOf(gains) {
  const { ticks, digits } = niceTicks(Math.min(-0.1, ...gains.map(g => g.low)), Math.max(0.1, ...gains.map(g => g.high)));
  const from = ticks[0], to = ticks[ticks.length - 1];
  return { ticks, digits, at: value => `${3 + 94 * (value - from) / (to - from)}%` };
}

function axisOf({ ticks, digits, at }) {
  const svg = drawing("svg", { "aria-hidden": "true" });
  const last = ticks.length - 1;
  ticks.forEach((tick, i) => svg.append(drawing("text", { x: i === last ? "100%" : i ? at(tick) : 0, y: 12,
    "text-anchor": i === last ? "end" : i ? "middle" : "start", class: i % last ? "wide" : "" }, signed(tick, digits))));
  return svg;
}

function whisker(method, gain, { ticks, at }) {
  const svg = drawing("svg", { role: "img", "aria-label": `${signed(gain.points)} points, 95 % interval ${interval(gain)}` });
  const colour = `stroke: var(${cssColour(method)}); fill: var(${cssColour(method)})`;
  ticks.forEach(tick => svg.append(drawing("line", { x1: at(tick), x2: at(tick), y1: -6, y2: 34,
    class: Math.abs(tick) < 1e-9 ? "zero" : "grid" })));
  if (method !== "source") {
    svg.append(drawing("line", { x1: at(gain.low), x2: at(gain.high), y1: 14, y2: 14, "stroke-width": 3, style: colour }));
  }
  svg.append(drawing("circle", { cx: at(gain.points), cy: 14, r: 5, style: colour }));
  return svg;
}

function ranked() {
  return methods.map(m => summaryOf(m)).sort((a, b) => b.gain.points - a.gain.points);
}

function verdict() {
  const others = ranked().filter(s => s.method !== "source");
  if (!others.length) return "Only the source model was replayed.";
  const best = others[0];
  const surely = `95 % interval ${interval(best.gain)}`;
  const sentences = [best.gain.low > 0
    ? `${best.method} gains most: ${signed(best.gain.points)} points over the source (${surely}), at ${fixed(best.relativeCost)} times its time.`
    : best.gain.points > 0
      ? `No method is surely better than the source: ${best.method}, the best, is ${signed(best.gain.points)} points above (${surely}).`
      : "No method is better than the source."];
  const worse = others.filter(s => s.gain.high < 0);
  if (worse.length) sentences.push(`Worse than the source: ${worse.map(s => `${s.method} (${signed(s.gain.points)})`).join(", ")}.`);
  return sentences.join(" ");
}

function ranking() {
  const rows = ranked();
  const scale = scaleOf(rows.map(s => s.gain));
  const wide = content => ({ content, className: "wide" });
  const noted = (text, note) => {
    const cell = document.createDocumentFragment();
    cell.append(text, element("small", note));
    return cell;
  };
  byId("verdict").textContent = verdict();
  table("ranking", ["method", "accuracy", noted("gain", "95 % interval"), { content: axisOf(scale), className: "interval" },
    wide("worst window"), wide("cost")],
  rows.map(s => ({ cells: [withSwatch(s.method),
    isNumber(s.deviation) ? noted(percent(s.accuracy), `\u00b1 ${fixed(s.deviation)}`) : percent(s.accuracy),
    s.method === "source" ? "\u2013" : { content: noted(signed(s.gain.points), interval(s.gain)), className: tone(s.gain) },
    { content: whisker(s.method, s.gain, scale), className: "interval" },
    wide(percent(s.worstWindow)), wide(fixed(s.relativeCost) + "\u00d7")] })));
  byId("ranking-note").textContent = "Gain over the source in points; the interval is a paired block bootstrap's over the images of these streams."
    + (seeds.length > 1 ? " \u00b1 is the deviation between seeds." : "");
}

/* Heat maps: accuracies with gains, a column a method. */

function heat(id, corner, rows) {
  const gains = rows.flatMap(row => methods.map(m => Math.abs(row.of(m)?.gain ?? 0)));
  const largest = Math.max(1, ...gains);
  table(id, [corner, ...methods], rows.map(({ label, of, className }) => ({ className, cells: [label, ...methods.map(m => {
    const value = of(m);
    if (!value) return "\u2013";
    const content = document.createDocumentFragment();
    content.append(fixed(value.accuracy));
    if (m === "source" || !isNumber(value.gain)) return { content };
    content.append(" ", element("small", signed(value.gain)));
    const share = Math.abs(value.gain) < 0.005 ? 0 : 6 + 44 * Math.sqrt(Math.abs(value.gain) / largest);
    return { content, background: `color-mix(in srgb, var(${value.gain < 0 ? "--loss" : "--gain"}) ${share.toFixed(1)}%, transparent)` };
  })] })));
}

const inSummary = (method, setting, stream = null) => {
  const summary = summaryOf(method, setting, stream);
  return summary && { accuracy: summary.accuracy, gain: summary.gain.points };
};

/* Over all streams that have the corruption, every image the same weight. */
function inDomain(method, name) {
  const parts = resultsOf(method).map(r => r.domains[name]).filter(domain => domain && domain.samples);
  return parts.length ? sum(parts.map(d => d.samples * d.accuracy)) / sum(parts.map(d => d.samples)) : null;
}

function corruptions() {
  const own = resultsOf(methods[0]);
  const byStream = own.every(r => Object.keys(r.domains).length === 1);
  const streams = streamsOf(view.setting);
  const names = distinct(own.flatMap(r => Object.keys(r.domains)));
  const rows = byStream
    ? streams.map(stream => ({ label: words(stream), of: m => inSummary(m, view.setting, stream) }))
    : names.map(name => ({ label: words(name), of: m => {
      const accuracy = inDomain(m, name);
      return isNumber(accuracy) ? { accuracy, gain: hasSource ? accuracy - inDomain("source", name) : null } : null;
    } }));
  if (rows.length > 1) {
    rows.push({ label: streams.length > 1 ? "mean" : "all images", of: m => inSummary(m, view.setting), className: "total" });
  }
  heat("heat", "corruption", rows);
}

function acrossSettings() {
  byId("settings-section").hidden = settings.length === 1;
  heat("settings", "setting", settings.map(setting => ({ label: setting, of: m => inSummary(m, setting) })));
}

/* The console's rows, and what it has no room for. */
function measures() {
  const total = (m, key) => sum(resultsOf(m).map(r => r[key]));
  const seconds = m => sum(resultsOf(m).map(r => r.samples / r.samplesPerSecond));
  const averages = (m, of) => {
    const values = resultsOf(m).map(of).filter(isNumber);
    return values.length ? mean(values) : null;
  };
  const rows = [
    ["accuracy, %", m => fixed(summaryOf(m).accuracy), true],
    ["deviation between seeds", m => fixed(summaryOf(m).deviation), methods.some(m => isNumber(summaryOf(m).deviation))],
    ["gain over source", m => signed(summaryOf(m).gain.points), true],
    ["95 % from", m => signed(summaryOf(m).gain.low), true],
    ["95 % to", m => signed(summaryOf(m).gain.high), true],
    ["worst window, %", m => fixed(summaryOf(m).worstWindow), true],
    ["calibration error, %", m => fixed(summaryOf(m).ece), methods.some(m => isNumber(summaryOf(m).ece))],
    ["Brier score", m => fixed(averages(m, r => r.calibration?.brier), 3), methods.some(m => isNumber(averages(m, r => r.calibration?.brier)))],
    ["negative log-likelihood", m => fixed(averages(m, r => r.calibration?.nll), 3), methods.some(m => isNumber(averages(m, r => r.calibration?.nll)))],
    ["clean afterwards, %", m => fixed(summaryOf(m).cleanAccuracy), methods.some(m => isNumber(summaryOf(m).cleanAccuracy))],
    ["forgotten, points", m => fixed(summaryOf(m).forgetting), methods.some(m => isNumber(summaryOf(m).forgetting))],
    ["reliable, %", m => fixed(100 * total(m, "reliableSamples") / total(m, "samples")), true],
    ["adapted to, %", m => fixed(summaryOf(m).adaptedShare), true],
    ["resets", m => count(summaryOf(m).resets), true],
    ["dropped adaptations", m => count(total(m, "rejected")), methods.some(m => total(m, "rejected") > 0)],
    ["batches held back", m => count(total(m, "held")), methods.some(m => total(m, "held") > 0)],
    ["rollbacks", m => count(total(m, "rolledBack")), methods.some(m => total(m, "rolledBack") > 0)],
    ["batches only predicted", m => count(sum(resultsOf(m).map(r => r.pace?.onlyPredicted ?? 0))), report.results.some(r => r.pace)],
    ["cost", m => fixed(summaryOf(m).relativeCost) + "\u00d7", true],
    ["ms a batch, p50", m => fixed(averages(m, r => r.latencyMs.p50)), true],
    ["ms a batch, p99", m => fixed(Math.max(...resultsOf(m).map(r => r.latencyMs.p99))), true],
    ["images/s", m => count(total(m, "samples") / seconds(m)), true],
  ];
  table("measures", ["", ...methods], rows.filter(([, , has]) => has).map(([label, of]) => ({ cells: [label, ...methods.map(of)] })));
}

/* Over the stream. */

/* What a method's results at a time come to; each part of a result is an array over windows. */
function along(results, of, combine = mean) {
  const all = results.map(of);
  const longest = Math.max(0, ...all.map(values => values.length));
  return Array.from({ length: longest }, (_, i) => combine(all.filter(values => i < values.length).map(values => values[i])));
}

const inView = method => resultsOf(method, { stream: view.stream, seed: view.seed });

/* Where windows end: as in the longest stream. */
function ends(results) {
  return results.reduce((longest, r) => r.course.end.length > longest.length ? r.course.end : longest, []);
}

/* Stretches of one domain, where all results in view have the same. */
function stretches() {
  const results = inView(methods[0]);
  const marks = results[0].course.domainChanges;
  if (marks.length < 2 || results.some(r => JSON.stringify(r.course.domainChanges) !== JSON.stringify(marks))) return [];
  return marks.map((mark, i) => ({ from: mark.at, to: marks[i + 1]?.at ?? results[0].samples, name: words(mark.domain) }));
}

function streamChoice() {
  const streams = streamsOf(view.setting);
  const fill = (id, options, key) => {
    const choice = byId(id);
    choice.replaceChildren(...options.map(([text, value]) => new Option(text, value)));
    choice.hidden = options.length < 2;
    choice.onchange = () => {
      view[key] = options[choice.selectedIndex][1];
      draw();
    };
  };
  const firstOf = (all, text) => all.length > 1 ? [[text, ""]] : [];
  fill("stream", [...firstOf(streams, `mean over ${streams.length} streams`), ...streams.map(s => [words(s), s])], "stream");
  fill("seed", [...firstOf(seeds, `mean over ${seeds.length} seeds`), ...seeds.map(s => [`seed ${s}`, s])], "seed");
}

function legend() {
  byId("legend").replaceChildren(...methods.map(method => {
    const button = element("button");
    button.type = "button";
    button.append(withSwatch(method));
    button.setAttribute("aria-pressed", String(!view.hidden.has(method)));
    button.addEventListener("click", () => {
      if (!view.hidden.delete(method)) view.hidden.add(method);
      button.setAttribute("aria-pressed", String(!view.hidden.has(method)));
      draw();
    });
    return button;
  }));
}

const charts = [];
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function axis(title, extra = {}) {
  const { ticks, grid, ...rest } = extra;
  const decimals = function (value, index, all) {
    return minus(Chart.Ticks.formatters.numeric.call(this, value, index, all));
  };
  return { ticks: { color: colour("--quiet"), maxRotation: 0, ...(extra.type === "category" ? {} : { callback: decimals }), ...ticks }, grid: { color: colour("--line"), ...grid },
    border: { color: colour("--line") }, title: { display: !!title, text: title, color: colour("--quiet") }, ...rest };
}

function options(extra) {
  return { responsive: true, maintainAspectRatio: false, animation: false, plugins: { legend: { display: false } }, ...extra };
}

/* Lines where the corruption changes, and its name over each stretch that has room for it. */
const driftMarks = {
  id: "driftMarks",
  beforeDatasetsDraw(chart, _, { parts = [], names }) {
    const { ctx, chartArea: area, scales: { x } } = chart;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour("--quiet");
    ctx.font = `11px ${Chart.defaults.font.family}`;
    ctx.globalAlpha = parts.length > 60 ? 0.2 : 0.5;
    ctx.setLineDash([3, 3]);
    ctx.beginPath();
    for (const { from } of parts.slice(1)) {
      ctx.moveTo(x.getPixelForValue(from), area.top);
      ctx.lineTo(x.getPixelForValue(from), area.bottom);
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
    if (names !== "none") {
      for (const { from, to, name } of parts) {
        ctx.save();
        ctx.translate((x.getPixelForValue(from) + x.getPixelForValue(to)) / 2, area.top - 6);
        ctx.textBaseline = names === "along" ? "bottom" : "middle";
        ctx.textAlign = names === "along" ? "center" : "left";
        if (names === "upright") ctx.rotate(-Math.PI / 2);
        ctx.fillText(name, 0, 0);
        ctx.restore();
      }
    }
    ctx.restore();
  },
};

/* How the names of stretches fit over a plot: along it, upright, or not at all; and the room they take. */
function roomForNames(canvas, parts) {
  if (!parts.length) return { names: "none", room: 0 };
  const width = (canvas.parentElement.clientWidth - 60) / (parts[parts.length - 1].to - parts[0].from);
  const ctx = canvas.getContext("2d");
  ctx.font = `11px ${Chart.defaults.font.family}`;
  const lengths = parts.map(part => ctx.measureText(part.name).width);
  const widths = parts.map(part => (part.to - part.from) * width);
  if (lengths.every((length, i) => length < widths[i] - 6)) return { names: "along", room: 20 };
  return widths.every(w => w >= 12) ? { names: "upright", room: 12 + Math.max(...lengths) } : { names: "none", room: 0 };
}

/* A line a method along the images of the stream. */
function courseChart(id, name, unit, of, { range = {}, named = false, marks, only = shown() } = {}) {
  const canvas = byId(id);
  const parts = stretches();
  const { names, room } = named ? roomForNames(canvas, parts) : { names: "none", room: 0 };
  if (named) canvas.parentElement.style.height = `${300 + room}px`;
  const lines = only.map(method => {
    const results = inView(method);
    const x = ends(results);
    return { method, points: along(results, of).map((y, i) => ({ x: x[i], y })), marks: marks ? along(results, marks, sum) : [] };
  });
  const longest = Math.max(0, ...lines.map(line => line.points.length));
  canvas.setAttribute("aria-label", `Line chart: ${name}. ` + lines.map(({ method, points }) =>
    points.length ? `${method} from ${fixed(points[0].y)} to ${fixed(points[points.length - 1].y)}` : "").join(", "));
  return new Chart(canvas, {
    type: "line",
    data: { datasets: lines.map(({ method, points, marks: own }) => ({
      label: method, data: points, borderColor: colour(cssColour(method)), backgroundColor: colour(cssColour(method)), borderWidth: longest > 100 ? 1.25 : 2,
      clip: 8, borderDash: method === "source" ? [6, 4] : [],
      pointStyle: points.map((_, i) => own[i] > 0 ? "triangle" : "circle"),
      pointRadius: points.map((_, i) => own[i] > 0 ? 6 : longest > 30 ? 0 : 2.5),
      resets: own,
    })) },
    options: options({
      interaction: { mode: "index", intersect: false },
      layout: { padding: { top: room } },
      scales: { x: axis("images", { type: "linear", min: 0, max: Math.max(1, ...lines.flatMap(l => l.points.map(p => p.x))),
        grid: { display: false }, ticks: { maxTicksLimit: 8, callback: value => count(value) } }), y: axis(unit, range) },
      plugins: {
        legend: { display: false },
        driftMarks: { parts, names },
        tooltip: { callbacks: {
          title: items => {
            const end = items[0].parsed.x;
            const part = parts.find(p => end > p.from && end <= p.to);
            return `up to image ${count(end)}${part ? ", " + part.name : ""}`;
          },
          label: item => ` ${item.dataset.label}  ${fixed(item.parsed.y)}`
            + (item.dataset.resets[item.dataIndex] > 0 ? `, resets: ${count(item.dataset.resets[item.dataIndex])}` : ""),
        } },
      },
    }),
    plugins: [driftMarks],
  });
}

function streamCharts() {
  const window = inView(methods[0])[0].prequential.window;
  const notes = [`Each point is a window of ${count(window)} images or a few more; the last one may be smaller.`];
  if (stretches().length) notes.push("Dashed lines: the corruption changes.");
  else if (inView(methods[0]).some(r => r.course.domainChanges.length > 1)) {
    notes.push("The corruption changes at other places in each; choose one to see where.");
  }
  byId("stream-note").textContent = notes.join(" ");
  charts.push(
    courseChart("accuracy-plot", "accuracy", "accuracy, %", r => r.windows, { named: true }),
    courseChart("reliable-plot", "reliable share", "reliable, %", r => r.course.reliable,
      { range: { min: 0, max: 100 }, marks: r => r.course.resets, only: shown().filter(m => m !== "source") }),
    courseChart("entropy-plot", "entropy of the predicted classes", "nats", r => r.course.entropy));
}

/* Predicted classes: a strip a method, a column a stretch of windows, a row a class. */

const MOST_ROWS = 24, MOST_COLUMNS = 64;

/* Shares of the classes in each of at most so many columns. */
function shares(results) {
  const counts = along(results, r => r.course.predicted.counts, rows => rows[0].map((_, k) => sum(rows.map(row => row[k]))));
  const every = Math.ceil(counts.length / MOST_COLUMNS);
  const columns = [];
  for (let from = 0; from < counts.length; from += every) {
    const part = counts.slice(from, from + every);
    const totals = part[0].map((_, k) => sum(part.map(row => row[k])));
    columns.push(totals.map(n => n / Math.max(1, sum(totals))));
  }
  return columns;
}

function labelShares(results) {
  const totals = along(results, r => r.classes.samples, sum);
  return totals.map(n => n / Math.max(1, sum(totals)));
}

/* The classes that have rows: all, or those that are answered or shown most. */
function rowsOf(strips, labels) {
  if (labels.length <= MOST_ROWS) return labels.map((_, k) => k);
  const weight = labels.map((share, k) => Math.max(share, ...strips.map(({ columns }) => Math.max(...columns.map(column => column[k])))));
  return labels.map((_, k) => k).sort((a, b) => weight[b] - weight[a]).slice(0, MOST_ROWS).sort((a, b) => a - b);
}

function mostPredicted(column) {
  const k = column.reduce((best, share, i) => share > column[best] ? i : best, 0);
  return `${className(k)} (${fixed(100 * column[k], 0)} %)`;
}

function strip(canvas, columns, labels, rows, darkest) {
  const ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  const beside = 14, gap = 5;
  const cell = { width: (width - beside - gap) / columns.length, height: height / rows.length };
  const fill = (share, x, y, w) => {
    ctx.globalAlpha = Math.min(1, 0.04 + 0.96 * share / darkest);
    ctx.fillRect(x, y + 0.5, w, cell.height - 1);
  };
  ctx.fillStyle = colour("--ink");
  rows.forEach((k, row) => {
    columns.forEach((column, i) => fill(column[k], i * cell.width, row * cell.height, Math.max(0.5, cell.width - (cell.width > 4 ? 1 : 0))));
    fill(labels[k], width - beside, row * cell.height, beside);
  });
}

function classStrips() {
  const labels = labelShares(inView(methods[0]));
  const strips = shown().map(method => ({ method, columns: shares(inView(method)) }));
  const rows = rowsOf(strips, labels);
  const darkest = rows.reduce((most, k) => Math.max(most, labels[k], ...strips.flatMap(({ columns }) => columns.map(column => column[k]))), 0);
  byId("classes-note").textContent = `A row a class${rows.length < labels.length ? `, the ${rows.length} most frequent of ${labels.length}` : ""}, `
    + "from left to right over the stream; the stronger the colour, the more often it is the answer. The column at the right is how often "
    + "it is the label, over the whole stream.";
  byId("classes").replaceChildren(...strips.map(({ method, columns }) => {
    const figure = element("figure");
    const caption = element("figcaption");
    const text = `most frequent: at first ${mostPredicted(columns[0])}, at last ${mostPredicted(columns[columns.length - 1])}`;
    caption.append(withSwatch(method), element("div", text, "quiet"));
    const canvas = element("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Classes that ${method} answers over the stream; ${text}`);
    figure.append(caption, canvas);
    return figure;
  }));
  byId("classes").querySelectorAll("canvas").forEach((canvas, i) => strip(canvas, strips[i].columns, labels, rows, darkest));
}

/* Cost against gain: a dot a method with the interval of its gain, named beside it. */

const named = {
  id: "named",
  afterDatasetsDraw(chart) {
    const { ctx, chartArea: area, scales: { y } } = chart;
    const taken = [];
    ctx.save();
    ctx.font = `12px ${Chart.defaults.font.family}`;
    ctx.textBaseline = "middle";
    const dots = chart.data.datasets.map((set, i) => ({ set, ...chart.getDatasetMeta(i).data[0].getProps(["x", "y"], true) }));
    for (const { set, x } of dots) {
      ctx.strokeStyle = set.backgroundColor;
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      ctx.moveTo(x, y.getPixelForValue(set.gain.low));
      ctx.lineTo(x, y.getPixelForValue(set.gain.high));
      ctx.stroke();
    }
    taken.push({ left: area.left, right: area.right, top: y.getPixelForValue(0), bottom: y.getPixelForValue(0) });
    for (const { x, y: at } of dots) taken.push({ left: x - 6, right: x + 6, top: at - 6, bottom: at + 6 });
    for (const { set, x, y: at } of dots) {
      const width = ctx.measureText(set.label).width;
      const box = (left, middle) => ({ left, right: left + width, top: middle - 7, bottom: middle + 7 });
      const places = [0, -15, 15, -30, 30].flatMap(up => [box(x + 10, at + up), box(x - 10 - width, at + up)]);
      const isFree = b => b.left >= area.left && b.right <= area.right && b.top >= area.top && b.bottom <= area.bottom
        && taken.every(t => b.right < t.left || b.left > t.right || b.bottom < t.top || b.top > t.bottom);
      const place = places.find(isFree) ?? places[0];
      taken.push(place);
      ctx.fillStyle = colour("--text");
      ctx.fillText(set.label, place.left, (place.top + place.bottom) / 2);
    }
    ctx.restore();
  },
};

function costChart() {
  const rows = methods.map(m => summaryOf(m));
  const canvas = byId("cost-plot");
  canvas.setAttribute("aria-label", "Scatter plot of cost against gain. "
    + rows.map(s => `${s.method}: ${fixed(s.relativeCost)} times the time, ${signed(s.gain.points)} points`).join("; "));
  return new Chart(canvas, {
    type: "scatter",
    data: { datasets: rows.map(s => ({ label: s.method, data: [{ x: s.relativeCost, y: s.gain.points }], gain: s.gain,
      backgroundColor: colour(cssColour(s.method)), borderWidth: 0, pointRadius: 6, pointHoverRadius: 7 })) },
    options: options({
      scales: {
        x: axis("cost, \u00d7 the source's time", { beginAtZero: true, grace: "12%" }),
        y: axis("gain, points", { suggestedMin: Math.min(0, ...rows.map(s => s.gain.low)), suggestedMax: Math.max(0, ...rows.map(s => s.gain.high)),
          grace: "5%", grid: { color: line => line.tick.value === 0 ? colour("--quiet") : colour("--line") } }),
      },
      plugins: { legend: { display: false }, tooltip: { callbacks: { label: item =>
        ` ${item.dataset.label}  ${signed(item.parsed.y)} points (${interval(item.dataset.gain)}), ${fixed(item.parsed.x)}\u00d7` } } },
    }),
    plugins: [named],
  });
}

/* Gallery. */

function answer(method, prediction, label) {
  const line = element("li");
  line.append(swatch(method), element("span", method, "quiet"),
    element("span", `${className(prediction)} ${prediction === label ? "\u2713" : "\u2717"}`, prediction === label ? "good" : "bad"));
  line.lastChild.setAttribute("aria-label", `${className(prediction)}, ${prediction === label ? "right" : "wrong"}`);
  return line;
}

function exhibit({ domain, label, source, predictions, png }) {
  const figure = element("figure");
  const picture = png ? element("img") : element("div", "no image", "none");
  if (png) {
    picture.src = png;
    picture.alt = `${className(label)} under ${words(domain)}`;
  }
  const caption = element("figcaption");
  caption.append(element("strong", className(label)), element("div", words(domain), "quiet"));
  const answers = element("ul");
  answers.append(answer("source", source, label));
  Object.entries(predictions).filter(([m]) => m !== "source").forEach(([m, prediction]) => answers.append(answer(m, prediction, label)));
  caption.append(answers);
  figure.append(picture, caption);
  return figure;
}

function exhibits() {
  const own = gallery.filter(image => image.setting === view.setting);
  byId("gallery-note").textContent = own.length
    ? "Under each corruption the last images that the source and a method answered differently, or else the last ones. In bold what the image"
      + " shows; then what the source answered, before adapting, and each method." + (seeds.length > 1 ? ` Seed ${seeds[0]}.` : "")
    : "No images were kept of this setting.";
  byId("gallery").replaceChildren(...own.map(exhibit));
}

/* Everything. */

function draw() {
  charts.splice(0).forEach(chart => chart.destroy());
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  streamCharts();
  classStrips();
  charts.push(...(isIncremental ? sessionCharts() : [costChart()]));
}

function show() {
  subtitle();
  streamChoice();
  measures();
  if (!isIncremental) {
    ranking();
    acrossSettings();
    corruptions();
    exhibits();
  }
  draw();
}

function begin() {
  header();
  legend();
  details("config", report.config);
  details("environment", report.environment);
  if (isIncremental) sessionSections();
  else ["ranking-section", "heat-section", "cost-section", "gallery-section"].forEach(id => { byId(id).hidden = false; });
  show();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) draw();
    width = innerWidth;
  });
  for (const [event, isPrinting] of [["beforeprint", true], ["afterprint", false]]) {
    addEventListener(event, () => {
      document.documentElement.classList.toggle("printing", isPrinting);
      draw();
    });
  }
}
