// The page of a campaign: one flight chosen in any picture, table or list is marked in all of them, and told.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  if (!data.columns) return;
  const { make, dark } = plots, columns = plots.columns(data);
  const panel = document.getElementById("flight"), list = document.getElementById("failing");
  let chosen = null;

  const draw = () => {
    landings.scatter("landings", data.landings, columns, chosen, choose);
    landings.tracks("tracks", data.tracks, columns, chosen, choose);
    landings.ignitions("ignitions", data.ignitions, columns, chosen, choose);
  };
  const drawAll = () => { draw(); data.histograms.forEach((spec) => landings.histogram("hist-" + spec.name, spec)); };

  const number = (value) => value === null ? "–" : String(+value.toPrecision(4)).replace("-", "−");
  const signed = (value) => (value > 0 ? "+" : "") + number(value);
  const lines = (heading, pairs) => {
    if (!pairs.length) return;
    make("h4", "", panel, heading);
    const holder = make("ul", "", panel);
    for (const [name, value] of pairs) {
      const line = make("li", "", holder);
      make("span", "", line, name);
      make("span", "", line, value);
    }
  };
  const quoted = (path) => /^[\w.\/:@%+=,-]+$/.test(path) ? path : "'" + path.replaceAll("'", "'\\''") + "'";

  const tell = (place) => {
    panel.textContent = "";
    const flight = data.flights[place], failing = data.failing.includes(place);
    const head = make("h3", "", panel, `Flight ${place}`);
    if (flight) head.append(`, seed ${flight.seed}`);
    make("span", failing ? "bad" : "good", head, failing ? ` ${flight ? flight.verdict : "FAIL"}` : " PASS");
    if (flight) {
      make("p", "", panel, flight.explanation);
      if (flight.failure) make("p", "", panel, "Failure: " + flight.failure);
      lines("Failed requirements, margin", flight.failed.map(([id, margin, unit]) => [`${id} ${data.titles[id] || ""}`, margin === null ? "–" : `${signed(margin)} ${unit}`]));
      lines("Dispersions beyond 1.5 sigma", flight.drawn.map(([name, sigmas, value]) => [name, `${signed(sigmas)} σ` + (value === null ? "" : ` (${signed(value)})`)]));
      lines("At touchdown", data.measures.map(([name, unit], i) => [name, flight.numbers[i] === null ? "–" : `${number(flight.numbers[i])} ${unit}`]));
    } else make("p", "", panel, "Details of this flight are not in this page; repeat the flight to see them.");
    make("h4", "", panel, "Repeat this flight, bit for bit");
    make("code", "", panel, `hoverslam run --from ${quoted(data.database + ":" + place)}` + (data.program ? ` --gnc ${quoted(data.program)}` : ""));
    if (flight && flight.folder) {
      if (flight.page) make("a", "", make("p", "", panel), "Report of this flight").href = flight.folder + "/report.html";
      else {
        make("h4", "", panel, "Its run folder is stored; write its report with");
        make("code", "", panel, `hoverslam report ${quoted(data.folder + "/" + flight.folder)}`);
      }
    }
  };

  const choose = (place) => {
    chosen = place;
    if (list) list.value = data.failing.includes(place) ? String(place) : "";
    tell(place);
    draw();
    const { top, bottom } = panel.getBoundingClientRect();
    if (top > innerHeight - 60 || bottom < 60) panel.parentElement.scrollIntoView();
  };

  if (list) list.addEventListener("change", () => choose(Number(list.value)));
  for (const button of document.querySelectorAll("[data-place]")) {
    button.addEventListener("click", () => choose(Number(button.dataset.place)));
  }
  make("p", "none", panel, "Select a flight: in the list, or by its point or line in a chart.");
  drawAll();
  plots.printing(drawAll);
  dark.addEventListener("change", drawAll);
})();
