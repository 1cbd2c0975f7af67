// hoverslam.replay(container, data): the 3-D replay of one flight in an element of a page.
//
// It returns, and keeps as `container.replay`, a handle: time, playing, view, frames (pictures drawn), seek(t), play(),
// pause(), look(view), draw(), probe() (where the parts are, in east-north-up), measure(seconds) (pictures a second), dispose().
// Data with `live` true is the beginning of a flight: extend(chunk) adds rows and events, and the time stays at the end until
// the reader chooses another; live() goes back to it.

import { Vector3, WebGLRenderer } from "three";
import { WindArrow } from "./arrow.js";
import { Eye } from "./camera.js";
import { Motion } from "./motion.js";
import { Panel } from "./panel.js";
import { Stage } from "./stage.js";
import { THEMES, World } from "./world.js";

const HUD_MS = 100;
const SLOW_MS = 40; // a picture that takes longer than this is drawn with fewer pixels next time

// What draws: null where there is no WebGL, otherwise whether it is software, which smoothing of edges would slow down.
function probeDevice() {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return null;
  const about = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(about ? about.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  const lose = gl.getExtension("WEBGL_lose_context");
  if (lose) lose.loseContext();
  return { software: /swiftshader|llvmpipe|software|basic render/i.test(name), name };
}

class Replay {
  constructor(container, data) {
    this.container = container;
    this.data = data;
    this.motion = new Motion(data);
    this.frames = 0;
    this.playing = false;
    this.rate = 1;
    this.seen = true;
    this.following = Boolean(data.live);
    this.panel = new Panel(container, data, {
      seek: (time) => this.seek(time), toggle: () => (this.playing ? this.pause() : this.play()), look: (name) => this.look(name),
      skip: (step) => this.seek(this.time + step), speed: (rate) => { this.rate = rate; this.tell(); },
      live: () => this.live(),
    });
    this.time = this.opening();
    this.device = probeDevice();
    if (this.device) this.build(container);
    else this.panel.apologise("The 3-D replay needs WebGL, which this browser does not offer or has switched off. Everything else on this page works without it.");
    this.tell();
    this.panel.show(this.time, this.motion.at(this.time));
  }

  // Where the replay opens: at full thrust, otherwise at the beginning; while the flight is flown at its end so far.
  opening() {
    if (this.following) return this.data.end_s;
    const full = this.data.events.find((event) => event.name === "full_thrust");
    return full ? full.t : this.data.start_s;
  }

  build(container) {
    this.stage = new Stage(this.data.stage);
    this.eye = new Eye(this.data.stage, this.data.azimuth_rad);
    this.world = new World(this.motion, this.stage, this.data.pad, this.eye.sunward);
    this.arrow = new WindArrow();
    this.world.scene.add(this.arrow.group);
    this.renderer = new WebGLRenderer({ antialias: !this.device.software, stencil: true, preserveDrawingBuffer: true, // or paper shows nothing
      powerPreference: "high-performance" });
    this.canvas = this.renderer.domElement;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", "The stage in three dimensions; the numbers beside it say where it is");
    this.panel.view.append(this.canvas);
    this.full = this.ratio = this.device.software ? 1 : Math.min(devicePixelRatio || 1, 2);
    this.middle = new Vector3();
    this.eye.listen(this.canvas, () => this.wake());
    this.canvas.addEventListener("pointerdown", () => container.focus({ preventScroll: true }));
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.paint = () => {
      const theme = this.dark.matches ? THEMES.dark : THEMES.light;
      this.world.paint(theme);
      this.arrow.material.color.set(theme.mark);
      this.wake();
    };
    this.dark.addEventListener("change", this.paint);
    this.resizing = new ResizeObserver(() => this.fit());
    this.resizing.observe(this.panel.view);
    this.watching = new IntersectionObserver(([entry]) => { this.seen = entry.isIntersecting; this.wake(); });
    this.watching.observe(this.panel.view);
    this.paint();
    this.fit();
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.panel.view;
    if (!width || !height) return;
    this.renderer.setPixelRatio(this.ratio);
    this.renderer.setSize(width, height, false);
    this.wake();
  }

  get view() { return this.eye ? this.eye.name : null; }

  tell() { this.panel.chosen({ speed: this.rate, view: this.view, playing: this.playing, live: this.following }); }

  // More of a flight that is flown meanwhile.
  extend(chunk) {
    if (chunk.rows) {
      this.motion.extend(chunk);
      this.data.end_s = chunk.end_s;
      if (this.world) this.world.lengthen(this.motion);
    }
    this.data.events = chunk.events || this.data.events;
    this.panel.lengthen();
    if (this.following) this.moveTo(this.data.end_s);
  }

  live() {
    this.pause();
    this.following = true;
    this.tell();
    this.moveTo(this.data.end_s);
  }

  seek(time) {
    this.leave();
    this.moveTo(time);
  }

  // The reader looks at another time than the end of what is flown.
  leave() {
    if (!this.following) return;
    this.following = false;
    this.tell();
  }

  moveTo(time) {
    this.time = Math.min(Math.max(time, this.data.start_s), this.data.end_s);
    this.panel.show(this.time, this.motion.at(this.time));
    this.announce();
    this.wake();
  }

  // The clock of the page: whoever shows a moment may follow.
  announce() { this.container.dispatchEvent(new CustomEvent("replaytime", { detail: this.time })); }

  play() {
    if (!this.renderer) return;
    this.following = false;
    if (this.time >= this.data.end_s - 1e-6) this.time = this.data.start_s;
    this.playing = true;
    this.last = undefined;
    this.tell();
    this.wake();
  }

  pause() {
    this.playing = false;
    this.tell();
    this.panel.show(this.time, this.motion.at(this.time));
  }

  look(name) {
    if (!this.eye) return;
    this.place();
    this.eye.choose(name, this.middle);
    this.tell();
    this.wake();
  }

  // A picture is drawn when something has changed or time runs, and never out of sight.
  wake() {
    if (this.renderer && this.seen && !this.asked) this.asked = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    this.asked = 0;
    if (!this.seen) return;
    if (this.playing) {
      const passed = this.last === undefined ? 0 : Math.min(now - this.last, 250);
      this.time = Math.min(this.time + this.rate * passed * 1e-3, this.data.end_s);
      this.thrifty(passed);
    }
    this.last = now;
    const state = this.draw();
    if (this.playing) this.announce();
    if (this.playing && this.time >= this.data.end_s) this.pause();
    if (!(now - this.told < HUD_MS)) { this.told = now; this.panel.show(this.time, state); }
    if (this.playing || this.measuring) this.wake();
  }

  // Fewer pixels for a machine that cannot keep up; the mean over a second decides.
  thrifty(passed) {
    this.mean = this.mean === undefined ? 16 : this.mean + 0.04 * (passed - this.mean);
    if (this.mean < SLOW_MS || this.ratio <= 0.5 || this.fixed) return;
    this.ratio = Math.max(0.8 * this.ratio, 0.5);
    this.mean = 16;
    this.fit();
  }

  // Put the stage where it is now.
  place() {
    const state = this.motion.at(this.time);
    this.stage.pose(state, this.time);
    this.middle.set(this.stage.middle, 0, 0).applyMatrix4(this.stage.group.matrixWorld);
    return state;
  }

  draw() {
    const { motion, world, panel } = this, state = this.place();
    const camera = this.eye.look(this.middle, (panel.view.clientWidth || 16) / (panel.view.clientHeight || 9));
    world.follow(camera, (this.time - motion.start) / (motion.end - motion.start || 1), panel.view.clientHeight);
    this.arrow.show(state.wind_enu_mps, camera);
    this.renderer.render(world.scene, camera);
    this.frames++;
    return state;
  }

  // Where the parts of the stage are now.
  probe() {
    this.place();
    return this.stage.probe();
  }

  // Pictures a second over some seconds, as fast as the browser asks for them, at the full number of pixels.
  async measure(seconds) {
    const wait = (span) => new Promise((go) => setTimeout(go, 1000 * span));
    this.fixed = this.measuring = true;
    this.ratio = this.full;
    this.fit();
    await wait(0.5);
    const from = this.frames, begun = performance.now();
    await wait(seconds);
    const fps = (1000 * (this.frames - from)) / (performance.now() - begun);
    this.fixed = this.measuring = false;
    return { fps, width: this.canvas.width, height: this.canvas.height, device: this.device.name };
  }

  dispose() {
    if (!this.renderer) return;
    cancelAnimationFrame(this.asked);
    this.asked = 1;
    this.resizing.disconnect();
    this.watching.disconnect();
    this.dark.removeEventListener("change", this.paint);
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}

export function replay(container, data) {
  container.textContent = "";
  container.replay = new Replay(container, data);
  return container.replay;
}
