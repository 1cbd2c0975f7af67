"use strict";
// What all pages draw with: columns out of the page, colours of the reader's theme, axes and layout for plotly.
const plots = (() => {
  const columns = (data) => Object.fromEntries(Object.entries(data.columns).map(([name, packed]) => {
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    return [name, new Float32Array(bytes.buffer)];
  }));
  const touch = matchMedia("(pointer: coarse)").matches;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const plain = { displaylogo: false, responsive: true, displayModeBar: false };
  const config = { ...plain, displayModeBar: !touch, modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", "toImage"]] };
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const colour = (slot) => token("c" + slot);
  const make = (tag, css, parent, text) => {
    const element = document.createElement(tag);
    if (css) element.className = css;
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };
  const axis = (extra) => ({ gridcolor: token("grid"), zerolinecolor: token("line"), linecolor: token("line"),
    tickfont: { size: 11, color: token("soft") }, automargin: true, ...extra });
  const layout = (extra) => ({
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, dragmode: touch ? false : "zoom",
    font: { family: getComputedStyle(document.body).fontFamily, color: token("text"), size: 12 },
    hoverlabel: { bgcolor: token("card"), bordercolor: token("line"), font: { color: token("text"), size: 12 } },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: token("soft"), activecolor: token("text") },
    margin: { l: 46, r: 12, t: 8, b: 34 }, ...extra });
  const text = (words, extra) => ({ text: words, showarrow: false, font: { size: 11, color: token("soft") }, ...extra });
  // On paper: light, one column, every picture drawn at the width of the paper before it is taken.
  const drawers = [];
  const paper = (on) => {
    if (document.documentElement.hasAttribute("data-print") === on) return;
    document.documentElement.toggleAttribute("data-print", on);
    for (const draw of drawers) draw();
    const replay = document.getElementById("replay");
    if (on && replay && replay.replay && replay.replay.canvas) replay.replay.draw();
    for (const plot of document.querySelectorAll(".js-plotly-plot")) {
      Plotly.relayout(plot, on ? { width: plot.clientWidth, height: plot.clientHeight } : { width: null, height: null, autosize: true });
    }
  };
  addEventListener("beforeprint", () => paper(true));
  addEventListener("afterprint", () => paper(false));
  const printing = (draw) => drawers.push(draw);
  for (const button of document.querySelectorAll("[data-part]")) {
    button.addEventListener("click", () => document.getElementById(button.dataset.part).scrollIntoView());
  }
  // A picture says what it is to who does not see it.
  const label = (plot, words) => { plot.setAttribute("role", "img"); plot.setAttribute("aria-label", words); };
  for (const plot of document.querySelectorAll(".plot[id]")) {
    const heading = plot.closest(".card") && plot.closest(".card").querySelector("h2");
    if (heading) label(plot, heading.textContent);
  }
  return { printing, label, columns, touch, dark, plain, config, token, colour, make, axis, layout, text };
})();
