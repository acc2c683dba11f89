/* What a class-incremental replay shows beside the stream: means over seeds. */

const isStatic = isIncremental && report.results.every(r => r.incremental.sessions.length === 1);
const incrementalStreams = streamsOf(view.setting);

/* Numbers become means, at whatever depth; all else is the first's. */
function average(values) {
  const present = values.filter(isNumber);
  if (!present.length) return null;
  const first = present[0];
  if (typeof first === "number") return mean(present);
  if (Array.isArray(first)) {
    const length = Math.min(...present.map(array => array.length));
    return Array.from({ length }, (_, i) => average(present.map(array => array[i])));
  }
  if (isMap(first)) return Object.fromEntries(Object.keys(first).map(key => [key, average(present.map(o => o[key]))]));
  return first;
}

const incrementalOf = (method, stream) => average(resultsOf(method, { stream }).map(r => r.incremental));

const sessionMeasures = [
  { key: "all", name: "all seen classes", unit: "accuracy, %" },
  { key: "base", name: "base classes", unit: "accuracy, %" },
  { key: "novel", name: "novel classes", unit: "accuracy, %" },
  { key: "harmonicMean", name: "harmonic mean of base and novel", unit: "accuracy, %" },
  { key: "forgetting", name: "forgetting", unit: "points" },
  { key: "unknownAuroc", name: "unknown before naming, AUROC", unit: "AUROC, %", scale: 100 },
];

/* A measure over the whole: the mean over streams. */
function whole(method, key, scale = 1) {
  const value = average(incrementalStreams.map(s => incrementalOf(method, s)[key]));
  return value === null ? null : scale * value;
}

const sessionsOf = method => incrementalOf(method, incrementalStreams[0]).sessions;

/* A measure along the sessions, or along the corruptions where there is one session. */
function course(method, { key, scale = 1 }) {
  const parts = isStatic ? incrementalStreams.map(s => incrementalOf(method, s)) : sessionsOf(method);
  return parts.map(part => part[key] === null ? null : scale * part[key]);
}

function incrementalCards() {
  byId("cards").hidden = false;
  for (const method of methods) {
    const card = element("div", undefined, "card");
    card.style.borderTopColor = `var(${cssColour(method)})`;
    card.append(element("div", method, "name"),
      element("div", percent(whole(method, "harmonicMean")), "figure"),
      element("div", `harmonic mean of base ${percent(whole(method, "base"))} and novel ${percent(whole(method, "novel"))}`, "quiet"),
      element("div", `${fixed(summaryOf(method).relativeCost)}\u00d7 the source's time`, "quiet"));
    byId("cards").append(card);
  }
}

function incrementalTables() {
  const columns = [["base", 1], ["novel", 1], ["all", 1], ["harmonicMean", 1], ["drop", 1], ["forgetting", 1],
    ["unknownAuroc", 100], ["unknownFpr95", 100]].filter(([key]) => methods.some(m => whole(m, key) !== null));
  const names = { harmonicMean: "harmonic mean", unknownAuroc: "unknown AUROC", unknownFpr95: "unknown FPR95" };
  table("whole", ["method", ...columns.map(([key]) => names[key] ?? key)],
    methods.map(m => ({ cells: [withSwatch(m), ...columns.map(([key, scale]) => fixed(whole(m, key, scale), scale === 1 ? 2 : 1))] })));
  byId("whole-note").textContent = isStatic ? "Percent, the mean over corruptions."
    : "Percent over all sessions, every image the same weight; drop and forgetting in points, in the last session.";
  if (isStatic) return;
  table("sessions", ["session", "new classes", "corruptions", "images", "not named yet"],
    sessionsOf(methods[0]).map((session, i) => ({ cells: [String(i), session.introduced.join(", ") || "\u2013",
      session.corruptions.map(words).join(", "), count(session.samples), count(session.unnamed)] })));
}

function sessionSections() {
  byId("sessions-section").hidden = byId("whole-section").hidden = false;
  if (isStatic) byId("sessions-title").textContent = "Per corruption";
  byId("sessions-note").textContent = "All classes seen so far are in the output space. "
    + (isStatic ? "" : "Images of classes that are not named yet count in no accuracy; they show whether they are told from base classes.");
  for (const measure of sessionMeasures.filter(measure => methods.some(m => course(m, measure).some(isNumber)))) {
    const figure = element("div");
    const plot = element("div", undefined, "plot");
    const canvas = element("canvas");
    canvas.id = "sessions-" + measure.key;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Chart of ${measure.name}. `
      + methods.map(m => `${m}: ${course(m, measure).map(value => fixed(value)).join(", ")}`).join("; "));
    plot.append(canvas);
    figure.append(element("h3", measure.name), plot);
    byId("sessions-plots").append(figure);
  }
  incrementalCards();
  incrementalTables();
}

function sessionCharts() {
  const labels = isStatic ? incrementalStreams.map(words)
    : sessionsOf(methods[0]).map((session, i) => session.introduced.length ? [String(i), "+ " + session.introduced.join(", ")] : String(i));
  return sessionMeasures.filter(measure => byId("sessions-" + measure.key)).map(measure => new Chart(byId("sessions-" + measure.key), {
    type: isStatic ? "bar" : "line",
    data: {
      labels,
      datasets: shown().map(m => ({ label: m, data: course(m, measure), borderColor: colour(cssColour(m)),
        backgroundColor: colour(cssColour(m)), borderWidth: isStatic ? 0 : 2, borderDash: m === "source" ? [6, 4] : [] })),
    },
    options: options({
      interaction: { mode: "index", intersect: false },
      scales: { x: axis(isStatic ? "" : "session", { type: "category", grid: { display: false }, ticks: { maxRotation: 55 } }), y: axis(measure.unit) },
      plugins: { legend: { display: false }, tooltip: { callbacks: { label: item => ` ${item.dataset.label}  ${fixed(item.raw)}` } } },
    }),
  }));
}

begin();
