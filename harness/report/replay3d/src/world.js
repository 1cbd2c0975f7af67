// What stands still: sky, ground with its grid, the pad; and what marks the stage on the ground: shadow, plumb line, trail.
//
// The ground writes no depth. It is drawn first and everything lies on it in the order of painting, so that nothing
// flickers between a camera at 1 m and a grid at 40 km.

import {
  AdditiveBlending, BackSide, BufferAttribute, BufferGeometry, CircleGeometry, Color, DirectionalLight, EqualStencilFunc, Fog,
  Group, HemisphereLight, IncrementStencilOp, Line, LineBasicMaterial, LineSegments, Matrix4, Mesh, MeshBasicMaterial,
  NormalBlending, Points, PointsMaterial, RingGeometry, Scene, ShaderMaterial, SphereGeometry, Vector3,
} from "three";

const SPACINGS_M = [10, 100, 1000, 10000];
const LINES = 16; // of the grid to each side
const PIECES = 4;
const FLAT = { depthWrite: false, transparent: true };

export const THEMES = {
  light: {
    top: 0x6fa6dc, thin: 0x24466f, horizon: 0xe3ebf2, ground: 0xd3d6cd, line: 0x8c9488, pad: 0xb4bac0, ring: 0x1a7f4b, goal: 0xd9480f,
    mark: 0x16202b, glide: 0x52606e, burn: 0xd9480f, shadow: 0.42, sun: 2.6, sky: 1.9, blend: NormalBlending, dust: [0.95, 0.85, 0.7],
  },
  dark: {
    top: 0x070b12, thin: 0x020306, horizon: 0x1d2a39, ground: 0x141a20, line: 0x3a4754, pad: 0x2b343d, ring: 0x52cf90, goal: 0xff9460,
    mark: 0xe6ebf0, glide: 0x8797a8, burn: 0xff9460, shadow: 0.6, sun: 2.0, sky: 0.9, blend: AdditiveBlending, dust: [1, 0.6, 0.3],
  },
};

function sky() {
  const uniforms = { top: { value: new Color() }, horizon: { value: new Color() } };
  const material = new ShaderMaterial({
    uniforms, side: BackSide, depthWrite: false, depthTest: false, fog: false,
    vertexShader: `varying float up;
      void main() { up = position.z; vec4 p = projectionMatrix * vec4(mat3(modelViewMatrix) * position * 1000.0, 1.0); gl_Position = p; }`,
    fragmentShader: `uniform vec3 top; uniform vec3 horizon; varying float up;
      void main() { gl_FragColor = vec4(mix(horizon, top, sqrt(clamp(up, 0.0, 1.0))), 1.0);
        #include <colorspace_fragment>
      }`,
  });
  const mesh = new Mesh(new SphereGeometry(1, 24, 16).rotateX(Math.PI / 2), material); // whole: from high up the ground ends well below the level
  mesh.frustumCulled = false;
  mesh.renderOrder = -10;
  return mesh;
}

const disc = (radius, order, sides = 64) => {
  const mesh = new Mesh(new CircleGeometry(radius, sides), new MeshBasicMaterial({ depthWrite: false }));
  mesh.renderOrder = order;
  return mesh;
};
const ring = (inner, outer, order, sides = 96) => {
  const mesh = new Mesh(new RingGeometry(inner, outer, sides), new MeshBasicMaterial(FLAT));
  mesh.renderOrder = order;
  return mesh;
};

function grid(spacing) {
  // In pieces: a line that begins behind the camera is lost to some software renderers.
  const piece = (2 * LINES * spacing) / PIECES, place = [];
  for (let i = -LINES; i <= LINES; i++) {
    for (let k = 0; k < PIECES; k++) {
      const across = i * spacing, from = -LINES * spacing + k * piece, to = from + piece;
      place.push(across, from, 0, across, to, 0, from, across, 0, to, across, 0);
    }
  }
  const geometry = new BufferGeometry().setAttribute("position", new BufferAttribute(new Float32Array(place), 3));
  const lines = new LineSegments(geometry, new LineBasicMaterial(FLAT));
  lines.renderOrder = -8;
  lines.frustumCulled = false;
  return lines;
}

// A round patch that fades out from its middle, of radius one.
function glow() {
  const sides = 32, place = [0, 0, 0], alpha = [1, 1, 1, 1], index = [];
  [0.35, 1].forEach((radius, step) => {
    for (let i = 0; i < sides; i++) {
      const turn = (2 * Math.PI * i) / sides, here = 1 + step * sides + i, next = 1 + step * sides + ((i + 1) % sides);
      place.push(radius * Math.cos(turn), radius * Math.sin(turn), 0);
      alpha.push(1, 1, 1, step ? 0 : 0.55);
      if (step) index.push(here - sides, here, next, here - sides, next, next - sides);
      else index.push(0, here, next);
    }
  });
  const geometry = new BufferGeometry().setAttribute("position", new BufferAttribute(new Float32Array(place), 3));
  geometry.setAttribute("color", new BufferAttribute(new Float32Array(alpha), 4));
  geometry.setIndex(index);
  const mesh = new Mesh(geometry, new MeshBasicMaterial({ ...FLAT, vertexColors: true }));
  mesh.renderOrder = -4;
  return mesh;
}

export class World {
  constructor(motion, stage, pad, sunward) {
    this.scene = new Scene();
    this.scene.fog = new Fog(0, 1, 2);
    this.stage = stage;
    this.sky = sky();
    this.ground = disc(400000, -9, 48);
    this.ground.material.depthTest = false;
    this.ground.frustumCulled = false;
    this.grids = SPACINGS_M.map(grid);
    this.sun = new DirectionalLight(0xffffff, 1);
    this.sun.position.set(Math.cos(sunward), Math.sin(sunward), 0.55);
    this.ambient = new HemisphereLight(0xffffff, 0x777777, 1);
    this.scene.add(this.sky, this.ground, ...this.grids, this.sun, this.ambient, stage.group);
    this.makePad(pad);
    this.makeMarks();
    this.makeShadow();
    this.makeTrail(motion);
    this.up = new Vector3();
  }

  makePad(pad) {
    const group = (this.pad = new Group());
    this.slab = disc(pad.radius_m + 8, -7);
    this.slab.material.transparent = true; // after the grid
    this.limit = ring(pad.radius_m - 1.4, pad.radius_m, -6);
    this.goal = ring(pad.goal_m - 0.6, pad.goal_m, -6);
    this.cross = [ring(0, 1, -6, 4), ring(0, 1, -6, 4)];
    this.cross[0].scale.set(4, 0.3, 1);
    this.cross[1].scale.set(0.3, 4, 1);
    // The pad leans towards its azimuth: its normal is (sin s sin a, sin s cos a, cos s).
    const lean = Math.sin(pad.slope_rad), a = pad.slope_azimuth_rad;
    const normal = new Vector3(lean * Math.sin(a), lean * Math.cos(a), Math.cos(pad.slope_rad));
    group.quaternion.setFromUnitVectors(new Vector3(0, 0, 1), normal);
    group.add(this.slab, this.limit, this.goal, ...this.cross);
    this.scene.add(group);
  }

  makeMarks() {
    const dot = (size) => {
      const geometry = new BufferGeometry().setAttribute("position", new BufferAttribute(new Float32Array(3), 3));
      const points = new Points(geometry, new PointsMaterial({ ...FLAT, size, sizeAttenuation: false, depthTest: false, fog: false }));
      points.renderOrder = 8;
      return points;
    };
    this.padDot = dot(7);
    this.stageDot = dot(6);
    this.below = ring(0.75, 1, -5, 40);
    this.below.material.fog = false;
    const geometry = new BufferGeometry().setAttribute("position", new BufferAttribute(new Float32Array(6), 3));
    this.plumb = new Line(geometry, new LineBasicMaterial({ ...FLAT, opacity: 0.45, fog: false }));
    this.plumb.frustumCulled = false;
    this.dust = glow();
    this.dust.frustumCulled = false;
    this.scene.add(this.padDot, this.stageDot, this.below, this.plumb, this.dust);
  }

  // The stage pressed flat onto the ground straight below, each place once however many parts lie above it.
  makeShadow() {
    this.shadows = [];
    this.flat = new Matrix4().makeScale(1, 1, 0).setPosition(0, 0, 0.02);
    const material = (this.shadowMaterial = new MeshBasicMaterial({
      ...FLAT, color: 0, fog: false, stencilWrite: true, stencilFunc: EqualStencilFunc, stencilRef: 0, stencilZPass: IncrementStencilOp, side: 2,
    }));
    this.stage.group.traverse((part) => {
      if (!part.isMesh || part.userData.casts === false) return;
      const mesh = new Mesh(part.geometry, material);
      mesh.matrixAutoUpdate = mesh.matrixWorldAutoUpdate = mesh.frustumCulled = false;
      mesh.renderOrder = -5;
      this.shadows.push({ mesh, part });
      this.scene.add(mesh);
    });
  }

  makeTrail(motion) {
    const { points, powered } = motion.path();
    this.powered = powered;
    const geometry = new BufferGeometry().setAttribute("position", new BufferAttribute(points.slice(), 3));
    geometry.setAttribute("color", new BufferAttribute(new Float32Array(3 * powered.length), 3));
    const line = (opacity) => {
      const made = new Line(geometry.clone(), new LineBasicMaterial({ vertexColors: true, transparent: true, opacity, depthWrite: false, fog: false }));
      made.frustumCulled = false;
      return made;
    };
    this.flown = line(0.95);
    this.ahead = line(0.22);
    this.scene.add(this.flown, this.ahead);
  }

  // The trail of a flight that has become longer.
  lengthen(motion) {
    for (const line of [this.flown, this.ahead]) {
      this.scene.remove(line);
      line.geometry.dispose();
      line.material.dispose();
    }
    this.makeTrail(motion);
    this.paintTrail();
  }

  paint(theme) {
    this.theme = theme;
    this.sky.material.uniforms.horizon.value.set(theme.horizon);
    this.scene.fog.color.set(theme.horizon);
    this.ground.material.color.set(theme.ground);
    this.grids.forEach((lines) => lines.material.color.set(theme.line));
    this.slab.material.color.set(theme.pad);
    this.limit.material.color.set(theme.ring);
    this.goal.material.color.set(theme.goal);
    this.cross.forEach((bar) => bar.material.color.set(theme.mark));
    for (const mark of [this.padDot, this.stageDot, this.below, this.plumb]) mark.material.color.set(theme.mark);
    this.padDot.material.color.set(theme.ring);
    this.sun.intensity = theme.sun;
    this.ambient.intensity = theme.sky;
    this.dust.material.color.setRGB(...theme.dust);
    this.dust.material.blending = theme.blend;
    for (const engine of this.stage.engines) for (const flame of engine.flames) flame.material.blending = theme.blend;
    this.paintTrail();
  }

  paintTrail() {
    const glide = new Color(this.theme.glide), burn = new Color(this.theme.burn);
    for (const line of [this.flown, this.ahead]) {
      const colours = line.geometry.attributes.color;
      this.powered.forEach((on, row) => { const c = on ? burn : glide; colours.setXYZ(row, c.r, c.g, c.b); });
      colours.needsUpdate = true;
    }
  }

  // After the stage has been posed: all that depends on where it and the camera are. `share` is the part of the flight flown.
  follow(camera, share, pixels) {
    const place = this.stage.group.position, eye = camera.position, height = Math.max(place.z, 0);
    const eyeHeight = Math.max(eye.z, 1);
    const far = 6000 + 14 * eyeHeight;
    this.scene.fog.near = 0.25 * far;
    this.scene.fog.far = far;
    const thin = 1 - Math.exp(-eyeHeight / 16000);
    this.sky.material.uniforms.top.value.set(this.theme.top).lerp(TINT.set(this.theme.thin), thin);
    this.ground.position.set(eye.x, eye.y, 0);
    this.grids.forEach((lines, i) => {
      const spacing = SPACINGS_M[i], apparent = spacing / eyeHeight, step = 10 * spacing;
      lines.position.set(Math.round(eye.x / step) * step, Math.round(eye.y / step) * step, 0);
      lines.material.opacity = 0.55 * Math.min(Math.max((apparent - 0.02) / 0.12, 0), 1);
      lines.visible = lines.material.opacity > 0.01;
    });
    const shown = Math.max(1 - height / 300, 0);
    this.shadowMaterial.opacity = this.theme.shadow * shown;
    for (const { mesh, part } of this.shadows) {
      mesh.visible = shown > 0;
      if (shown > 0) mesh.matrixWorld.multiplyMatrices(this.flat, part.matrixWorld);
    }
    this.mark(camera, place, height, pixels);
    this.glowing(place);
    const now = Math.floor(share * (this.powered.length - 1));
    this.flown.geometry.setDrawRange(0, now + 1);
    this.ahead.geometry.setDrawRange(now, Infinity);
  }

  mark(camera, place, height, pixels) {
    const perMetre = (distance) => pixels / (2 * distance * Math.tan((camera.fov * Math.PI) / 360));
    const toGround = Math.hypot(camera.position.x - place.x, camera.position.y - place.y, camera.position.z);
    const radius = Math.max(6 / perMetre(toGround), 5);
    this.below.position.set(place.x, place.y, 0);
    this.below.scale.set(radius, radius, 1);
    this.below.visible = this.plumb.visible = height > 1;
    this.below.material.opacity = Math.min(height / 40, 0.8);
    const ends = this.plumb.geometry.attributes.position;
    ends.setXYZ(0, place.x, place.y, 0);
    ends.setXYZ(1, place.x, place.y, place.z);
    ends.needsUpdate = true;
    this.padDot.visible = perMetre(camera.position.length()) * this.stage.shape.radius_m < 0.6;
    this.stageDot.position.copy(place);
    this.stageDot.visible = perMetre(camera.position.distanceTo(place)) * this.stage.shape.length_m < 8;
  }

  // What the flames raise from the ground.
  glowing(place) {
    let thrust = 0;
    for (const engine of this.stage.engines) if (engine.flames[0].visible) thrust += engine.flames[0].scale.y;
    const near = Math.max(1 - place.z / 45, 0);
    this.dust.visible = thrust > 0 && near > 0;
    if (!this.dust.visible) return;
    const size = 9 + 16 * near;
    this.dust.position.set(place.x, place.y, 0.05);
    this.dust.scale.set(size, size, 1);
    this.dust.material.opacity = 0.85 * near;
  }
}

const TINT = new Color();
