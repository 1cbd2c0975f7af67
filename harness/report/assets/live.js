"use strict";
// The live view: it reads the flight from the server that the page came from, and draws what there is so far.
(() => {
  const { plain, token, colour, make, axis, layout, dark } = plots;
  const CHARTS_MS = 250; // between two drawings of the charts
  const by = (id) => document.getElementById(id);
  const columns = {}, tiles = {}, charts = [];
  let beginning, replay, drawn = 0, asked = 0, over = false;

  const say = (word, css, title, note) => {
    by("head").className = css;
    by("word").textContent = word;
    by("title").textContent = title;
    by("note").textContent = note || "";
  };

  const tile = (name, text, unit) => {
    if (!tiles[name]) {
      const box = make("div", "tile", by("tiles"));
      make("div", "name", box, name);
      const value = make("div", "value", box);
      tiles[name] = { text: make("span", "", value), unit: make("small", "", value) };
    }
    tiles[name].text.textContent = text;
    tiles[name].unit.textContent = unit ? " " + unit : "";
  };

  const last = (name) => (columns[name] && columns[name].length ? columns[name][columns[name].length - 1] : NaN);
  const shown = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1") : "–");
  const showTiles = (phase) => {
    tile("time", shown(last("t"), 1), "s");
    if (phase) tile("phase", phase);
    tile("altitude", shown(last("altitude_km"), 2), "km");
    tile("speed", shown(last("speed_mps"), 1), "m/s");
    tile("throttle, commanded", `${shown(last("throttle"), 0)}, ${shown(last("commanded"), 0)}`, "%");
    tile("tilt, error", `${shown(last("tilt_deg"), 1)}, ${shown(last("error_deg"), 1)}`, "°");
    tile("propellant", shown(last("propellant_t"), 2), "t");
  };

  const OUTCOMES = { gnc_lost: "the flight software was lost", harness_error: "the harness failed" };
  const showEvents = (events) => {
    by("events").textContent = events.map((event) => `${event.label} ${event.t.toFixed(1)} s`).join(", ");
  };

  const drawCharts = () => {
    asked = 0;
    drawn = performance.now();
    for (const { spec, plot } of charts) {
      Plotly.react(plot, spec.lines.map((line) => ({
        type: "scatter", mode: "lines", x: columns[line.x] || [], y: columns[line.y] || [], name: line.name, hovertemplate: "%{y:.3~f}<extra>" + line.name + "</extra>",
        line: { color: colour(line.colour), width: line.dash ? 1.3 : 1.7, dash: line.dash || "solid" },
      })), layout({ datarevision: drawn, hovermode: "x unified", xaxis: axis({ ticksuffix: " s", hoverformat: ".2f", zeroline: false }), yaxis: axis({ fixedrange: true }) }), plain);
    }
  };
  const chartsSoon = () => {
    if (!asked) asked = setTimeout(drawCharts, Math.max(CHARTS_MS - (performance.now() - drawn), 0));
  };

  const makeChart = (spec) => {
    const card = make("section", "card", by("charts"));
    make("h2", "", card, `${spec.title}, ${spec.unit}`);
    const keys = make("div", "legend", card);
    for (const line of spec.lines) {
      const key = make("span", "", keys);
      make("i", line.dash ? "dot" : "", key).style.borderTopColor = `var(--c${line.colour})`;
      key.append(" " + line.name);
    }
    const plot = make("div", "plot", card);
    plots.label(plot, `${spec.title}, ${spec.unit}, over time`);
    charts.push({ spec, plot });
  };

  const keep = (packed) => {
    for (const [name, values] of Object.entries(plots.columns(packed))) (columns[name] = columns[name] || []).push(...values);
  };

  // What each kind of message does; rows are drawn once for all that came together.
  const take = {
    begin: (message) => {
      beginning = message;
      by("which").textContent = "";
      make("b", "", by("which"), message.run.scenario);
      by("which").append(` seed ${message.run.seed}`);
      say("WAITING", "", "Waiting for the flight software");
      message.charts.forEach(makeChart);
    },
    rows: (message) => {
      by("stage").hidden = by("charts").hidden = false; // where no frame is flown, there is nothing to draw
      keep(message.charts);
      showEvents(message.events);
      if (!replay) replay = hoverslam.replay(by("replay"), { ...beginning, ...message, live: true });
      else replay.extend(message);
      if (message.phase && !over) say("LIVE", "", `In flight: ${message.phase}`);
      showTiles(message.phase);
      chartsSoon();
    },
    over: (message) => {
      over = true;
      say("OVER", "", `The flight is over: ${OUTCOMES[message.outcome] || message.outcome.replaceAll("_", " ")}`, "It is being evaluated.");
    },
    verdict: (message) => {
      say(message.verdict, message.verdict, by("title").textContent, `${message.explanation}. ${message.folder ? "Run folder: " + message.folder : ""}`);
    },
    gone: () => say("ENDED", "", over ? by("title").textContent : "The flight was ended", "Hoverslam ended before a verdict."),
  };

  const source = new EventSource("/flight");
  let told = false;
  source.onmessage = (event) => {
    for (const message of JSON.parse(event.data)) {
      told = told || message.kind === "verdict" || message.kind === "gone";
      take[message.kind](message);
    }
    if (told) source.close();
  };
  source.onerror = () => {
    source.close();
    if (!told) say("CUT OFF", "", "The connection to hoverslam was lost", "What had come until then stays here.");
  };
  dark.addEventListener("change", () => { if (charts.length) drawCharts(); });
  plots.printing(() => { if (replay) drawCharts(); });
})();
