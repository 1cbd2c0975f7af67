// Three ways to look: along with the stage, through a tracking telescope beside the pad, and around a place of one's own.

import { PerspectiveCamera, Vector3 } from "three";

const DEG = Math.PI / 180;
const LOWEST_M = 1.7; // the eye never goes under ground

export class Eye {
  constructor(shape, azimuth) {
    const size = shape.length_m;
    this.size = size;
    this.camera = new PerspectiveCamera(40, 16 / 9, 1, 500000);
    this.camera.up.set(0, 0, 1);
    const side = Math.PI / 2 - azimuth - 70 * DEG; // seen from the right of the path and a little from behind
    this.views = {
      follow: { turn: side + Math.PI, rise: 9 * DEG, away: 2.5 * size, fov: 40 },
      pad: { turn: side + Math.PI, rise: 0, away: 5.5 * size, fov: 1.45 * size, zoom: 1 },
      free: { turn: side + Math.PI, rise: 14 * DEG, away: 9 * size, fov: 40, centre: new Vector3(0, 0, 0.35 * size) },
    };
    this.sunward = side + Math.PI + 50 * DEG; // over the shoulder of who looks along
    this.target = new Vector3();
    this.name = "follow";
  }

  get view() { return this.views[this.name]; }

  drag(across, up) {
    const view = this.view;
    view.turn -= across;
    if (this.name !== "pad") view.rise = Math.min(Math.max(view.rise + up, -89 * DEG), 89 * DEG);
  }

  shift(across, up) {
    const view = this.views.free, step = view.away;
    if (this.name !== "free") return;
    view.centre.x += step * (Math.sin(view.turn) * across - Math.cos(view.turn) * up);
    view.centre.y += step * (-Math.cos(view.turn) * across - Math.sin(view.turn) * up);
  }

  zoom(factor) {
    const view = this.view;
    if (this.name === "pad") view.zoom = Math.min(Math.max(view.zoom * factor, 0.2), 20);
    else view.away = Math.min(Math.max(view.away * factor, 0.35 * this.size), this.name === "free" ? 150000 : 3000 * this.size);
  }

  // Change the view; the free one begins with pad and stage in it.
  choose(name, middle) {
    this.name = name;
    if (name !== "free") return;
    this.view.centre.copy(middle).multiplyScalar(0.5);
    this.view.away = Math.max(5 * this.size, 2.3 * middle.length());
  }

  // Where to stand and look now; `middle` is the middle of the stage.
  look(middle, aspect) {
    const { camera, view } = this, narrow = Math.max(1, 1.1 / aspect);
    camera.aspect = aspect;
    if (this.name === "pad") {
      camera.position.set(view.away * Math.cos(view.turn), view.away * Math.sin(view.turn), 0.7 * this.size);
      this.target.copy(middle);
      const distance = camera.position.distanceTo(middle);
      camera.fov = Math.min(2 * Math.atan((0.95 * this.size * view.zoom * narrow) / distance) / DEG, 60);
    } else {
      const away = view.away * narrow, flat = away * Math.cos(view.rise);
      this.target.copy(this.name === "free" ? view.centre : middle);
      camera.position.set(flat * Math.cos(view.turn), flat * Math.sin(view.turn), away * Math.sin(view.rise)).add(this.target);
      camera.fov = view.fov;
    }
    camera.position.z = Math.max(camera.position.z, LOWEST_M);
    camera.lookAt(this.target);
    const distance = Math.min(camera.position.distanceTo(middle), camera.position.distanceTo(this.target));
    camera.near = Math.max(0.02 * distance, 0.3);
    camera.far = 600000;
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
    return camera;
  }

  // Drag, pinch and wheel. One finger turns and leaves up and down to the page; the wheel zooms once the picture has been chosen.
  listen(canvas, changed) {
    const fingers = new Map();
    const spread = () => {
      const [a, b] = [...fingers.values()];
      return { size: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    };
    canvas.addEventListener("pointerdown", (event) => {
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      const last = fingers.get(event.pointerId);
      if (!last) return;
      const before = fingers.size === 2 ? spread() : null;
      const across = (event.clientX - last.x) / canvas.clientHeight, up = (event.clientY - last.y) / canvas.clientHeight;
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (before) {
        const after = spread();
        this.zoom(before.size / Math.max(after.size, 1));
        this.drag((4 * (after.x - before.x)) / canvas.clientHeight, (4 * (after.y - before.y)) / canvas.clientHeight);
      } else if (event.shiftKey || event.buttons === 2) this.shift(across, up);
      else this.drag(4 * across, event.pointerType === "touch" ? 0 : 3 * up);
      changed();
    });
    const lift = (event) => fingers.delete(event.pointerId);
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("wheel", (event) => {
      if (!canvas.closest(".replay").contains(document.activeElement)) return;
      event.preventDefault();
      this.zoom(Math.exp(0.0012 * event.deltaY));
      changed();
    }, { passive: false });
  }
}
