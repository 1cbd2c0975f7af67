// Pictures of many flights: landings, tracks, histograms, ignitions. Each is drawn again with what is chosen.
const landings = (() => {
  const { touch, plain, config, token, colour, make, axis, layout, text } = plots;
  const ink = (name) => /^c\d$/.test(name) ? colour(name.slice(1)) : token(name);
  const title = (words) => ({ text: words, font: { size: 11, color: token("soft") } });
  const at = (id) => document.getElementById(id);
  const say = (id, words) => { at(id + "-note").textContent = words; };
  const MARKS = { pass: "circle", fail: "x" }, SHOWN = { circle: "●", x: "✕", ring: "○", dash: "┄", cross: "+", line: "─" };

  const keys = (id, entries) => {
    const holder = at(id + "-legend");
    holder.textContent = "";
    for (const [mark, name, words] of entries) {
      const key = make("b", "", make("span", "", holder), SHOWN[mark]);
      key.style.color = ink(name);
      key.parentElement.append(words);
    }
  };

  // Tells whoever listens which flight was clicked; once for each picture.
  const clickable = (id, choose) => {
    const plot = at(id);
    if (plot.dataset.clickable) return;
    plot.dataset.clickable = "yes";
    plot.on("plotly_click", (event) => {
      const place = event.points.map((point) => point.customdata).find((found) => found !== undefined && found !== null);
      if (place !== undefined) choose(place);
    });
  };

  const views = (id, names, current, pick) => {
    const holder = at(id + "-views");
    holder.textContent = "";
    names.forEach((name, index) => {
      const button = make("button", index === current ? "on" : "", holder, name);
      button.onclick = () => pick(index);
    });
  };

  const ellipse = (shape, look) => {
    const x = [], y = [], cos = Math.cos(shape.angle_rad), sin = Math.sin(shape.angle_rad);
    for (let i = 0; i <= 72; i++) {
      const a = shape.semi_major_m * Math.cos(i * Math.PI / 36), b = shape.semi_minor_m * Math.sin(i * Math.PI / 36);
      y.push(shape.downrange_m + a * cos - b * sin);
      x.push(shape.crossrange_m + a * sin + b * cos);
    }
    return { type: "scatter", mode: "lines", x, y, hoverinfo: "skip", line: look };
  };

  const points = (group, columns) => ({
    type: "scatter", mode: "markers", x: columns[group.x], y: columns[group.y], customdata: group.places, name: group.name,
    hovertemplate: "flight %{customdata}: downrange %{y:.2f} m, crossrange %{x:.2f} m<extra>" + group.name + "</extra>",
    marker: { symbol: MARKS[group.name] || "circle", color: ink(group.colour), size: group.name === "fail" ? 9 : 5,
      opacity: group.name === "fail" ? 0.9 : 0.55 } });

  const circle = (radius, name) => ({ type: "circle", xref: "x", yref: "y", x0: -radius, x1: radius, y0: -radius, y1: radius,
    line: { color: token(name), width: 1.4, dash: "dash" } });

  const found = (groups, columns, place) => {
    for (const group of groups) {
      const index = group.places.indexOf(place);
      if (index >= 0) return [columns[group.x][index], columns[group.y][index]];
    }
    return null;
  };

  const state = {};
  const scatter = (id, spec, columns, chosen, choose) => {
    const view = state[id] = state[id] ?? 0, half = spec.views[view].half, notes = [];
    for (const one of spec.circles) {
      if (one.radius < 1.05 * half && one.radius > 0.12 * half) notes.push(text(one.label, { x: 0, y: one.radius, yanchor: "bottom" }));
    }
    notes.push(text("flight ↑", { xref: "paper", yref: "paper", x: 0.99, y: 0.01, xanchor: "right", yanchor: "bottom" }));
    const traces = spec.groups.map((group) => points(group, columns));
    const [next, mean] = spec.ellipses;
    if (next) traces.push(ellipse(next, { color: token("text"), width: 1.2, dash: "dot" }));
    if (mean) traces.push(ellipse(mean, { color: token("text"), width: 1.2 }));
    if (spec.mean[0] !== null) traces.push({ type: "scatter", mode: "markers", x: [spec.mean[0]], y: [spec.mean[1]],
      hovertemplate: "mean: downrange %{y:.2f} m, crossrange %{x:.2f} m<extra></extra>",
      marker: { symbol: "cross-thin", size: 13, line: { width: 2, color: token("text") } } });
    const spot = chosen === null ? null : found(spec.groups, columns, chosen);
    if (spot) traces.push({ type: "scatter", mode: "markers", x: [spot[0]], y: [spot[1]], hoverinfo: "skip",
      marker: { symbol: "circle-open", size: 19, line: { width: 2.5 }, color: token("text") } });
    Plotly.react(id, traces, layout({ hovermode: "closest", annotations: notes,
      shapes: [circle(spec.circles[0].radius, "bad"), circle(spec.circles[1].radius, "good")],
      xaxis: axis({ range: [-half, half], constrain: "domain", title: title("crossrange, m to the right") }),
      yaxis: axis({ range: [-half, half], scaleanchor: "x", constrain: "domain", title: title("downrange, m") }) }), config);
    clickable(id, choose);
    views(id, spec.views.map((one) => one.name), view, (picked) => { state[id] = picked; scatter(id, spec, columns, chosen, choose); });
    keys(id, [...spec.groups.map((group) => [MARKS[group.name] || "circle", group.colour, group.flights + " " + group.name]),
      ...(next ? [["dash", "text", "95 % of landings"]] : []), ...(spec.mean[0] === null ? [] : [["cross", "text", "mean, with its 95 % ellipse"]])]);
    say(id, landed(spec, columns, half));
  };

  const landed = (spec, columns, half) => {
    const outside = spec.groups.reduce((sum, g) => sum + columns[g.x].filter((x, i) => Math.max(Math.abs(x), Math.abs(columns[g.y][i])) > half).length, 0);
    const never = spec.groups.reduce((sum, g) => sum + g.flights - g.landed, 0);
    const words = spec.groups.filter((g) => g.places.length < g.landed).map((g) => `${g.places.length} of ${g.landed} flights that ${g.name} are shown`);
    if (outside) words.push(`${outside} landing${outside > 1 ? "s" : ""} outside this view`);
    if (never) words.push(`${never} flight${never > 1 ? "s" : ""} without touchdown`);
    return words.length ? words.join("; ") + "." : "";
  };

  // The place of each point of a line that has a gap after each track.
  const placed = (group, columns) => {
    let track = 0;
    return Array.from(columns[group.height], (height) => Number.isNaN(height) ? (track++, null) : group.places[track]);
  };
  const km = (values) => Array.from(values, (value) => Number.isNaN(value) ? null : value / 1000);
  const one = (group, columns, place, name) => {
    const index = group.places.indexOf(place), values = columns[group[name]], out = [];
    let track = 0;
    for (const value of values) {
      if (Number.isNaN(value)) track++;
      else if (track === index) out.push(value / 1000);
    }
    return index < 0 ? [] : out;
  };

  const tracks = (id, groups, columns, chosen, choose) => {
    const view = state[id] = state[id] ?? 0, across = view ? "cross" : "down";
    const traces = groups.map((group) => ({ type: "scatter", mode: "lines", x: km(columns[group[across]]), y: km(columns[group.height]),
      customdata: placed(group, columns), opacity: group.name === "pass" ? 0.32 : 0.75,
      line: { color: ink(group.colour), width: group.name === "pass" ? 1 : 1.5 },
      hovertemplate: "flight %{customdata}: %{y:.2f} km up<extra>" + group.name + "</extra>" }));
    for (const group of chosen === null ? [] : groups) {
      traces.push({ type: "scatter", mode: "lines", x: one(group, columns, chosen, across), y: one(group, columns, chosen, "height"),
        hoverinfo: "skip", line: { color: token("text"), width: 3.5 } });
    }
    Plotly.react(id, traces, layout({ hovermode: "closest",
      xaxis: axis({ title: title(view ? "crossrange, km to the right" : "downrange, km") }),
      yaxis: axis({ rangemode: "tozero", title: title("above ground, km") }) }), config);
    clickable(id, choose);
    views(id, ["from the side", "from behind"], view, (picked) => { state[id] = picked; tracks(id, groups, columns, chosen, choose); });
    keys(id, groups.map((group) => ["line", group.colour, `${group.places.length} of ${group.flights} that ${group.name}`]));
    const absent = chosen !== null && !groups.some((group) => group.places.includes(chosen));
    say(id, absent ? `Flight ${chosen} is not shown here.` : groups.some((g) => g.places.length < g.flights) ? "Shown: a sample of the passing flights, all failing flights." : "");
  };

  const histogram = (id, spec) => {
    const width = spec.edges[1] - spec.edges[0], last = spec.edges[spec.edges.length - 1], shapes = [], notes = [];
    const traces = spec.groups.map((group) => ({ type: "bar", x: group.counts.map((_, i) => spec.edges[i] + 0.5 * width), y: group.counts,
      width, name: group.name, marker: { color: ink(group.colour), line: { width: 0 } }, opacity: group.name === "pass" ? 0.75 : 1,
      customdata: group.counts.map((_, i) => `${spec.edges[i].toPrecision(3)} to ${spec.edges[i + 1].toPrecision(3)} ${spec.unit}`),
      hovertemplate: "%{y} flights, %{customdata}<extra>" + group.name + "</extra>" }));
    const line = (x, look, words) => {
      if (x < 0 || x > last) return;
      shapes.push({ type: "line", xref: "x", yref: "paper", x0: x, x1: x, y0: 0, y1: 1, line: look });
      if (words) notes.push(text(words, { x, y: 1, xref: "x", yref: "paper", yanchor: "bottom", font: { size: 10, color: look.color } }));
    };
    let before = -Infinity;
    for (const one of [...spec.quantiles].sort((a, b) => a.value - b.value)) {
      if (one.value === null) continue;
      const clear = one.value - before > 0.08 * last;
      line(one.value, { color: token("soft"), width: 1, dash: "dot" }, clear ? +(100 * one.probability).toFixed(4) + " %" : "");
      if (clear) before = one.value;
    }
    if (spec.limit) {
      if (spec.limit.goal !== null) line(spec.limit.goal, { color: token("good"), width: 1.4, dash: "dash" });
      line(spec.limit.limit, { color: token("bad"), width: 1.8 });
      if (spec.limit.limit > last) notes.push(text(`limit ${spec.limit.limit} ${spec.unit} →`,
        { xref: "paper", yref: "paper", x: 1, y: 0.96, xanchor: "right", yanchor: "top", font: { size: 11, color: token("bad") } }));
    }
    Plotly.react(id, traces, layout({ barmode: "stack", bargap: 0, hovermode: "closest", shapes, annotations: notes, dragmode: false,
      margin: { l: 40, r: 12, t: 20, b: 26 }, xaxis: axis({ range: [0, last], zeroline: false, fixedrange: true }),
      yaxis: axis({ rangemode: "tozero", fixedrange: true }) }), plain);
    const drawn = spec.limit && spec.limit.limit <= last;
    keys(id, [...spec.groups.filter((g) => g.counts.some((n) => n)).map((g) => ["circle", g.colour, g.name]), ["dash", "soft", "quantiles"],
      ...(drawn ? [["line", "bad", "limit"]] : []), ...(spec.limit && spec.limit.goal !== null && spec.limit.goal <= last ? [["dash", "good", "goal"]] : [])]);
    say(id, spec.beyond ? `The last bar contains ${spec.beyond} flight${spec.beyond > 1 ? "s" : ""} beyond ${+last.toPrecision(3)} ${spec.unit}.` : "");
  };

  const ignitions = (id, spec, columns, chosen, choose) => {
    const early = columns[spec.earliest], lit = columns[spec.ignition], ranks = spec.places.map((_, i) => i + 1);
    const bars = { x: [], y: [] };
    ranks.forEach((rank, i) => { bars.x.push(rank, rank, null); bars.y.push(early[i], 0, null); });
    const marks = (passed, name, colour, size) => {
      const kept = ranks.filter((_, i) => spec.passed[i] === passed);
      return { type: "scatter", mode: "markers", x: kept, y: kept.map((rank) => lit[rank - 1]), customdata: kept.map((rank) => spec.places[rank - 1]),
        hovertemplate: "flight %{customdata}: ignition %{y:.2f} s<extra>" + name + "</extra>", marker: { color: ink(colour), size, opacity: 0.9 } };
    };
    const traces = [{ type: "scatter", mode: "lines", x: bars.x, y: bars.y, hoverinfo: "skip",
      line: { color: token("c8"), width: Math.max(1, Math.min(6, 500 / ranks.length)) }, opacity: 0.35 },
    marks(true, "pass", "c1", 5), marks(false, "fail", "bad", 7)];
    const index = chosen === null ? -1 : spec.places.indexOf(chosen);
    if (index >= 0) traces.push({ type: "scatter", mode: "markers", x: [index + 1], y: [lit[index]], hoverinfo: "skip",
      marker: { symbol: "circle-open", size: 16, line: { width: 2.5 }, color: token("text") } });
    Plotly.react(id, traces, layout({ hovermode: "closest",
      shapes: [{ type: "line", xref: "paper", yref: "y", x0: 0, x1: 1, y0: 0, y1: 0, line: { color: token("bad"), width: 1.2, dash: "dash" } }],
      xaxis: axis({ title: title("flights, earliest ignition first"), showticklabels: false, zeroline: false, showgrid: false }),
      yaxis: axis({ title: title("time from the latest ignition, s"), zeroline: false }) }), config);
    clickable(id, choose);
    keys(id, [["line", "c8", "window"], ["circle", "c1", "ignition, pass"], ["circle", "bad", "ignition, fail"], ["dash", "bad", "latest ignition"]]);
    const words = [];
    if (spec.places.length < spec.known) words.push(`${spec.places.length} of ${spec.known} flights are shown: an evenly spread sample of those that pass`);
    if (spec.known < spec.flights) words.push(`${spec.flights - spec.known} of ${spec.flights} flights have no window or no ignition`);
    say(id, words.length ? words.join("; ") + "." : "");
  };

  return { scatter, tracks, histogram, ignitions };
})();
