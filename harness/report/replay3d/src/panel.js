// What stands around the picture: numbers, time slider, buttons, keys. It knows no 3-D.

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const VIEWS = [["follow", "Follow"], ["pad", "From the pad"], ["free", "Free"]];

const make = (tag, css, parent, text) => {
  const element = document.createElement(tag);
  if (css) element.className = css;
  if (text !== undefined) element.textContent = text;
  if (parent) parent.append(element);
  return element;
};
const fixed = (value, digits) => value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1");
const metres = (value) => (Math.abs(value) >= 9999.5 ? fixed(value / 1000, 2) + " km" : fixed(value, Math.abs(value) < 100 ? 1 : 0) + " m");

export class Panel {
  constructor(container, data, act) {
    this.data = data;
    this.act = act;
    container.classList.add("replay");
    container.tabIndex = 0;
    container.setAttribute("role", "group");
    container.setAttribute("aria-label", "3-D replay of the flight; space plays, arrows move in time");
    this.picture = make("div", "replay-picture", container);
    this.view = make("div", "replay-view", this.picture);
    this.hud = make("dl", "replay-hud", this.picture);
    this.fields = {};
    for (const name of ["time", "height", "speed", "tilt", "throttle", "propellant", "wind"]) {
      const field = make("div", "", this.hud);
      make("dt", "", field, name);
      this.fields[name] = make("dd", "", field, "–");
    }
    this.slider(container);
    this.buttons(container);
    container.addEventListener("keydown", (event) => this.key(event));
  }

  slider(container) {
    const { start_s: start, end_s: end, events } = this.data;
    const track = make("div", "replay-time", container);
    this.range = make("input", "", track);
    Object.assign(this.range, { type: "range", min: start, max: end, step: "any", value: start });
    this.range.setAttribute("aria-label", "time since release");
    this.range.addEventListener("input", () => this.act.seek(Number(this.range.value)));
    this.track = track;
    this.ticks(events);
  }

  ticks(events) {
    const { start_s: start, end_s: end } = this.data;
    this.track.querySelectorAll("i").forEach((tick) => tick.remove());
    for (const event of events) {
      const tick = make("i", event.name === "engine_lost" || event.name === "tipped_over" ? "bad" : "", this.track);
      tick.style.left = `calc(8px + (100% - 16px) * ${(event.t - start) / (end - start || 1)})`;
      tick.title = event.label;
    }
  }

  buttons(container) {
    const row = make("div", "replay-row", container);
    this.play = make("button", "replay-play", row, "▶ play");
    this.play.onclick = () => this.act.toggle();
    const pick = (name, parent, options, chosen) => {
      const group = make("span", "replay-" + name, parent);
      return options.map(([value, label]) => {
        const button = make("button", "", group, label);
        button.onclick = () => chosen(value);
        return { value, button };
      });
    };
    this.speeds = pick("speeds", row, SPEEDS.map((speed) => [speed, speed + "×"]), (speed) => this.act.speed(speed));
    this.views = pick("views", row, VIEWS, (name) => this.act.look(name));
    if (this.data.live) {
      this.live = make("button", "", row, "live");
      this.live.onclick = () => this.act.live();
    }
    this.events = make("div", "replay-row replay-events", container);
    this.jumps(this.data.events);
    make("small", "", container, "Drag to turn, pinch or wheel to zoom; space plays, ← → move by 1 s (with shift 0.04 s), 1 2 3 choose the view.");
  }

  jumps(events) {
    this.events.textContent = "";
    for (const event of events) {
      const button = make("button", "", this.events, `${event.label} ${event.t.toFixed(1)} s`);
      button.dataset.event = event.name;
      button.onclick = () => this.act.seek(event.t);
    }
  }

  // The flight has become longer, or more has happened in it.
  lengthen() {
    this.range.max = this.data.end_s;
    this.ticks(this.data.events);
    if (this.events.childElementCount !== this.data.events.length) this.jumps(this.data.events);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { act } = this, step = event.shiftKey ? 0.04 : 1;
    const keys = {
      " ": () => act.toggle(), ArrowLeft: () => act.skip(-step), ArrowRight: () => act.skip(step), Home: () => act.seek(this.data.start_s),
      End: () => act.seek(this.data.end_s), 1: () => act.look("follow"), 2: () => act.look("pad"), 3: () => act.look("free"),
    };
    if (!keys[event.key]) return;
    if (event.key === " " && event.target.tagName === "BUTTON") return; // it presses the button
    event.preventDefault();
    keys[event.key]();
  }

  chosen({ speed, view, playing, live }) {
    if (this.live) this.live.classList.toggle("on", live);
    for (const { value, button } of this.speeds) button.classList.toggle("on", value === speed);
    for (const { value, button } of this.views) button.classList.toggle("on", value === view);
    this.play.textContent = playing ? "❚❚ pause" : "▶ play";
    this.play.setAttribute("aria-pressed", String(playing));
  }

  show(time, state) {
    this.range.value = time;
    const [east, north, up] = state.vel_enu_mps, [w, x, y, z] = state.q_enu_b;
    const tilt = (Math.acos(Math.min(Math.max(2 * (x * z - w * y), -1), 1)) * 180) / Math.PI;
    const burning = Array.from(state.thrust).filter((share) => share > 0.03).length;
    const wind = Math.hypot(state.wind_enu_mps[0], state.wind_enu_mps[1]);
    const speed = Math.hypot(east, north, up);
    const set = (name, text) => { if (this.fields[name].textContent !== text) this.fields[name].textContent = text; };
    set("time", fixed(time, 2) + " s");
    set("height", metres(state.altitude_agl_m[0]));
    set("speed", `${fixed(speed, speed < 100 ? 1 : 0)} m/s` + (state.mach[0] > 0.3 ? `, Mach ${fixed(state.mach[0], 2)}` : ""));
    set("tilt", fixed(tilt, 1) + "°");
    set("throttle", burning ? `${fixed(100 * state.throttle[0], 0)} % of ${burning}` : "off");
    set("propellant", fixed(state.propellant_kg[0], 0) + " kg");
    set("wind", fixed(wind, 1) + " m/s");
  }

  // A sentence in place of the picture.
  apologise(why) {
    this.picture.classList.add("replay-missing");
    make("p", "", this.picture, why);
  }
}
