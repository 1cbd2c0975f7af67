"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  if (!data.charts) {
    for (const part of document.querySelectorAll(".maps, nav:not(.contents), .charts")) part.remove();
    for (const link of document.querySelectorAll("[data-part]")) if (!document.getElementById(link.dataset.part)) link.remove();
    return;
  }
  const { touch, dark, plain, config, token, colour, make, axis, layout, text } = plots;
  const columns = plots.columns(data);

  const size = (value) => Math.max(Math.abs(value), 1e-4); // a logarithmic axis has no zero
  const trace = (line, log) => ({
    type: "scatter", mode: line.mark ? "markers" : "lines", cliponaxis: !line.mark,
    marker: { size: 10, symbol: "x-thin-open", color: token("bad"), line: { width: 2.5, color: token("bad") } }, x: columns[line.x], y: log ? columns[line.y].map(size) : columns[line.y], name: line.name,
    visible: line.off ? "legendonly" : true, hovertemplate: "%{y:.3~f}<extra>" + line.name + "</extra>",
    line: { color: colour(line.colour), width: line.width || (line.dash === "dot" ? 1.3 : 1.7), dash: line.dash || "solid",
      shape: line.step ? "hv" : "linear" },
  });
  const legend = (holder, lines, redraw) => {
    holder.textContent = "";
    for (const line of lines) {
      const button = make("button", line.off ? "off" : "", holder);
      const key = make("i", line.mark ? "mark" : line.dash === "dot" ? "dot" : "", button);
      if (line.mark) key.textContent = "×";
      key.style.borderTopColor = line.mark ? "transparent" : colour(line.colour);
      button.append(line.name);
      button.onclick = () => { line.off = !line.off; button.classList.toggle("off", line.off); redraw(); };
    }
  };

  // Time charts: one range for all, a cross-hair through all, drawn when they come into view.
  let range = data.span.slice();
  const charts = data.charts.map((spec) => {
    const card = make("section", "card", document.getElementById("charts"));
    make("h2", "", card, spec.unit ? spec.title + ", " + spec.unit : spec.title);
    const keys = make("div", "legend", card);
    const plot = make("div", "plot", card);
    plots.label(plot, spec.title + (spec.unit ? ", " + spec.unit : "") + ", over time");
    return { spec, keys, plot, drawn: false };
  });

  const fitted = (spec) => {
    let low = Infinity, high = -Infinity;
    for (const line of spec.lines) {
      if (line.off) continue;
      const t = columns[line.x], y = spec.log ? columns[line.y].map(size) : columns[line.y];
      for (let i = 0; i < t.length; i++) {
        if (t[i] < range[0] || t[i] > range[1] || Number.isNaN(y[i])) continue;
        if (y[i] < low) low = y[i];
        if (y[i] > high) high = y[i];
      }
    }
    if (low > high) return [0, 1];
    const failed = spec.limits.filter((limit) => limit.failed && limit.from <= range[1]).map((limit) => limit.y);
    low = Math.min(low, ...failed);
    high = Math.max(high, ...failed);
    if (spec.log) {
      return [Math.floor(Math.log10(Math.max(low, 1e-4))), Math.ceil(Math.log10(Math.max(high, 1e-3)))];
    }
    if (high - low < 1e-4 * Math.max(Math.abs(high), 1e-2)) {
      const around = Math.max(0.02 * Math.abs(high), 1);
      low -= around; high += around;
    }
    const tall = high - low;
    for (const limit of spec.limits) {
      if (limit.from < range[1] && limit.y > high && limit.y < high + 0.6 * tall) high = limit.y;
      if (limit.from < range[1] && limit.y < low && limit.y > low - 0.6 * tall) low = limit.y;
    }
    const pad = 0.07 * (high - low);
    return [low - pad, high + pad];
  };

  const decorations = (spec, plot) => {
    const shapes = [], notes = [];
    for (const phase of data.phases) {
      if (phase.name === "glide") continue;
      shapes.push({ type: "rect", layer: "below", xref: "x", yref: "paper", x0: phase.from, x1: phase.to, y0: 0, y1: 1,
        fillcolor: token("wash-" + phase.name), line: { width: 0 } });
    }
    for (const event of data.events) {
      shapes.push({ type: "line", xref: "x", yref: "paper", x0: event.t, x1: event.t, y0: 0, y1: 1,
        line: { color: event.name === "engine_lost" ? token("bad") : token("soft"), width: 1, dash: "dot" } });
    }
    for (const limit of spec.limits) {
      shapes.push({ type: "line", xref: "x", yref: "y", x0: Math.max(limit.from, data.span[0]), x1: data.span[1], y0: limit.y, y1: limit.y,
        line: { color: token("bad"), width: limit.failed ? 1.8 : 1, dash: "dash" } });
    }
    const failed = spec.limits.filter((limit) => limit.failed);
    if (failed.length) {
      notes.push(text("limit of " + failed.map((limit) => limit.label).join(", "), { x: 1, y: 0, xref: "paper", yref: "paper", xanchor: "right", yanchor: "bottom",
        bgcolor: token("card"), font: { size: 11, color: token("bad") } }));
    }
    // Event names, dropped where they would lie on one another.
    let last = -Infinity;
    const gap = (13 / Math.max(plot.clientWidth - 60, 100)) * (range[1] - range[0]);
    const shown = data.events.filter((event) => event.t >= range[0] && event.t <= range[1]);
    const lost = shown.filter((event) => event.name === "engine_lost");
    for (const event of shown) {
      if (event.t - last < gap || (event.name !== "engine_lost" && lost.some((other) => Math.abs(other.t - event.t) < gap))) continue;
      last = event.t;
      notes.push(text(event.label, { x: event.t, y: 1, xref: "x", yref: "paper", textangle: -90, xanchor: "right", yanchor: "top",
        font: { size: 10, color: event.name === "engine_lost" ? token("bad") : token("soft") } }));
    }
    return { shapes, annotations: notes };
  };

  const drawTime = (chart) => {
    const { spec, plot } = chart;
    Plotly.react(plot, spec.lines.map((line) => trace(line, spec.log)), layout({
      hovermode: "x unified", ...decorations(spec, plot),
      xaxis: axis({ range, ticksuffix: " s", hoverformat: ".2f", showspikes: false, zeroline: false }),
      yaxis: axis({ range: fitted(spec), fixedrange: true, ...(spec.log ? { type: "log", dtick: 1, exponentformat: "power" } : {}) }),
    }), plain);
    legend(chart.keys, spec.lines, () => drawTime(chart));
    if (chart.drawn) return;
    chart.drawn = true;
    chart.cross = make("div", "cross", plot);
    chart.now = make("div", "now", plot);
    plot.on("plotly_click", (event) => at(event.points[0].x));
    plot.on("plotly_relayout", (change) => {
      if (change["xaxis.autorange"]) show(data.span);
      else if (change["xaxis.range[0]"] !== undefined) show([change["xaxis.range[0]"], change["xaxis.range[1]"]]);
    });
    plot.on("plotly_hover", (event) => cross(event.points[0].x));
    plot.on("plotly_unhover", () => cross(null));
  };

  const upright = (line, plot, time) => {
    const full = plot._fullLayout;
    if (!line || !full) return;
    const at = time === null ? NaN : full.xaxis.l2p(time);
    line.style.display = at >= 0 && at <= full.xaxis._length ? "block" : "none";
    line.style.left = full.xaxis._offset + at + "px";
    line.style.top = full.yaxis._offset + "px";
    line.style.height = full.yaxis._length + "px";
  };
  const cross = (time) => charts.forEach((chart) => upright(chart.cross, chart.plot, time));

  // One clock for all: a line in every chart, and the moment of the replay.
  const replay = document.getElementById("replay");
  let now = null;
  const mark = (time) => { now = time; charts.forEach((chart) => upright(chart.now, chart.plot, time)); };
  const at = (time) => {
    if (replay && replay.replay) { replay.replay.pause(); replay.replay.seek(time); } else mark(time);
  };
  if (replay) replay.addEventListener("replaytime", (event) => mark(event.detail));

  const eager = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const chart = charts.find((c) => c.plot === entry.target);
      chart.visible = entry.isIntersecting;
      if (chart.visible && chart.stale !== false) { chart.stale = false; drawTime(chart); mark(now); }
    }
  }, { rootMargin: "600px" });
  const refresh = () => charts.forEach((chart) => {
    chart.stale = !chart.visible;
    if (chart.visible) drawTime(chart);
  });
  const drawAll = () => { drawMaps(); charts.forEach((chart) => { chart.stale = false; drawTime(chart); }); };

  const first = (name) => (data.events.find((event) => event.name === name) || {}).t;
  const end = data.contact === null ? data.span[1] : Math.min(data.contact + 2, data.span[1]);
  const views = [["whole flight", data.span]];
  if (first("ignition") !== undefined) views.push(["landing burn", [first("ignition") - 1, end]]);
  if (data.span[1] - data.span[0] > 12) views.push(["last 10 s", [end - 10, end]]);
  if (data.contact !== null) views.push(["touchdown", [data.contact - 1.5, Math.min(data.contact + 2.5, data.span[1])]]);

  const nav = document.getElementById("time");
  const buttons = views.map(([name, span]) => {
    const button = make("button", "", nav.querySelector(".views"), name);
    button.onclick = () => show(span);
    return { button, span };
  });
  for (const event of data.events) {
    const button = make("button", "", nav.querySelector(".events"), event.label + " " + event.t.toFixed(2) + " s");
    button.onclick = () => { show([event.t - 2, event.t + 2]); at(event.t); };
  }
  if (!touch) make("small", "", nav, "drag: zoom all charts; double-click: whole flight");
  const show = (span) => {
    range = [Math.max(span[0], data.span[0]), Math.min(span[1], data.span[1])];
    if (!(range[1] > range[0])) range = data.span.slice();
    for (const { button, span: own } of buttons) button.classList.toggle("on", Math.abs(own[0] - span[0]) + Math.abs(own[1] - span[1]) < 1e-6);
    refresh();
    mark(now);
  };
  for (const button of document.querySelectorAll("[data-time]")) {
    button.onclick = () => {
      const time = Number(button.dataset.time);
      show([time - 2, time + 2]);
      at(time);
      nav.scrollIntoView({ behavior: "smooth" });
    };
  }

  // Maps.
  const circle = (radius, label, notes) => {
    if (radius > 0.1 * data.maps.track.half) notes.push(text(label, { x: 0, y: radius, yanchor: "bottom" }));
    return { type: "circle", xref: "x", yref: "y", x0: -radius, x1: radius, y0: -radius, y1: radius,
      line: { color: label.includes("limit") ? token("bad") : token("good"), width: 1.4, dash: "dash" } };
  };
  const drawTrack = () => {
    const map = data.maps.track, half = map.half, notes = [];
    const shapes = map.circles.map((c) => circle(c.radius, c.label, notes));
    const cross = 0.03 * half;
    shapes.push({ type: "line", x0: -cross, x1: cross, y0: 0, y1: 0, line: { color: token("soft"), width: 1 } },
      { type: "line", x0: 0, x1: 0, y0: -cross, y1: cross, line: { color: token("soft"), width: 1 } });
    const sin = Math.sin(map.azimuth_rad), cos = Math.cos(map.azimuth_rad);
    // In the corner that lies ahead: the track comes from the other side, and the circles' labels stand above them.
    const x = (sin < 0 ? -0.8 : 0.8) * half, y = (cos < 0 ? -0.8 : 0.8) * half, reach = 0.12 * half;
    notes.push(text("flight", { x: x + reach * sin, y: y + reach * cos, ax: x - reach * sin, ay: y - reach * cos,
      showarrow: true, axref: "x", ayref: "y", arrowcolor: token("soft"), arrowhead: 2, arrowsize: 1, arrowwidth: 1.2 }));
    const traces = map.lines.map((line) => trace(line));
    traces.forEach((t) => { t.hovertemplate = "%{x:.1f} m east<br>%{y:.1f} m north<extra></extra>"; });
    if (map.mark) {
      traces.push({ type: "scatter", mode: "markers", x: [map.mark.x], y: [map.mark.y], hovertemplate: map.mark.label + "<extra></extra>",
        marker: { size: 13, symbol: "x", color: token("text"), line: { width: 1.5, color: token("card") } } });
    }
    Plotly.react("track", traces, layout({ shapes, annotations: notes, hovermode: "closest",
      xaxis: axis({ range: [-half, half], constrain: "domain", title: { text: "east, m", font: { size: 11, color: token("soft") } } }),
      yaxis: axis({ range: [-half, half], scaleanchor: "x", constrain: "domain", title: { text: "north, m", font: { size: 11, color: token("soft") } } }) }), config);
    legend(document.getElementById("track-legend"), map.lines, drawTrack);
    if (map.mark) make("span", "", document.getElementById("track-legend"), "✕ " + map.mark.label);
  };
  const drawSide = () => {
    const map = data.maps.side;
    const traces = map.lines.map((line) => trace(line));
    traces.forEach((t) => { t.hovertemplate = "%{y:.2f} km up, %{x:.2f} km from the pad<extra></extra>"; });
    traces.push({ type: "scatter", mode: "markers", x: map.marks.map((m) => m.x), y: map.marks.map((m) => m.y), text: map.marks.map((m) => m.label),
      hovertemplate: "%{text}: %{y:.2f} km up<extra></extra>", marker: { size: 7, color: token("card"), line: { width: 1.6, color: token("text") } } });
    Plotly.react("side", traces, layout({ hovermode: "closest",
      xaxis: axis({ title: { text: "downrange from the pad, km", font: { size: 11, color: token("soft") } } }),
      yaxis: axis({ rangemode: "tozero", title: { text: "above ground, km", font: { size: 11, color: token("soft") } } }) }), config);
    legend(document.getElementById("side-legend"), map.lines, drawSide);
  };
  const drawStage = () => {
    const map = data.maps.stage;
    const plot = document.getElementById("stage");
    if (!map.lines.length) { plot.parentElement.remove(); return; }
    const traces = map.lines.map((line) => trace(line));
    traces.forEach((t) => { t.hovertemplate = "%{y:.1f} m up, %{x:.1f} m downrange<extra></extra>"; });
    const ground = { type: "line", xref: "paper", yref: "y", x0: 0, x1: 1, y0: 0, y1: 0, line: { color: token("soft"), width: 1 } };
    const pad = { type: "line", xref: "x", yref: "y", x0: -40, x1: 40, y0: 0, y1: 0, line: { color: token("text"), width: 3 } };
    Plotly.react("stage", traces, layout({ hovermode: "closest", shapes: [ground, pad],
      xaxis: axis({ zeroline: false, title: { text: "downrange from the pad, m", font: { size: 11, color: token("soft") } } }),
      yaxis: axis({ scaleanchor: "x", zeroline: false, range: [-35, 660], title: { text: "above ground, m", font: { size: 11, color: token("soft") } } }) }), config);
    legend(document.getElementById("stage-legend"), map.lines, drawStage);
  };
  const drawMaps = () => { drawTrack(); drawSide(); if (document.getElementById("stage")) drawStage(); };

  drawMaps();
  show(data.span);
  charts.forEach((chart) => eager.observe(chart.plot));
  plots.printing(drawAll);
  dark.addEventListener("change", () => { drawMaps(); refresh(); });
})();
