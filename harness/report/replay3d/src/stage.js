// The stage, in body axes: x along the axis out of the nose, metres above the gimbal plane. The group's origin is the
// centre of the foot plane, as the truth's position is; q_enu_b then turns it into east, north, up.

import {
  BoxGeometry, BufferAttribute, BufferGeometry, CircleGeometry, DoubleSide, Group, Mesh, MeshBasicMaterial, MeshLambertMaterial, Vector3,
} from "three";
import { mergeGeometries } from "three/addons/utils/BufferGeometryUtils.js";

const TAU = 2 * Math.PI;
const STOWED_RAD = 0.03;
const HINGE_M = 1.2; // of the legs above the gimbal plane
const PLUME_M = [5, 30]; // length of a flame at no thrust and at full thrust

// A body of revolution about x from its outline [[x, radius], ...], coloured by `shade(x)`.
function turned(outline, sides, shade) {
  const place = [], colour = [], index = [];
  outline.forEach(([x, radius], ring) => {
    for (let i = 0; i <= sides; i++) {
      const turn = (TAU * i) / sides;
      place.push(x, radius * Math.cos(turn), radius * Math.sin(turn));
      colour.push(...shade(x, ring));
      if (ring && i) {
        const b = ring * (sides + 1) + i, a = b - sides - 1;
        index.push(a - 1, a, b, a - 1, b, b - 1);
      }
    }
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(new Float32Array(place), 3));
  geometry.setAttribute("color", new BufferAttribute(new Float32Array(colour), place.length === colour.length ? 3 : 4));
  geometry.setIndex(index);
  geometry.computeVertexNormals();
  return geometry;
}

function box(size, place, colour) {
  const geometry = new BoxGeometry(...size).translate(...place);
  const count = geometry.attributes.position.count, colours = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) colours.set(colour, 3 * i);
  geometry.deleteAttribute("uv");
  return geometry.setAttribute("color", new BufferAttribute(colours, 3));
}

const grey = (level) => () => [level, level, level];
const MATTE = new MeshLambertMaterial({ vertexColors: true, side: DoubleSide });

function hull(shape, group) {
  const { radius_m: r, length_m: top } = shape;
  const fins = shape.fins.span_yz.length ? shape.fins.at_m : top;
  const joint = Math.min(fins - 2.2, top - 4); // of the interstage
  const soot = (x) => {
    const clean = Math.min(Math.max((x - 2) / (0.55 * top), 0), 1);
    const level = 0.42 + 0.55 * Math.sqrt(clean);
    return [level, level, 0.99 * level];
  };
  const rings = [0, 2, 4, 7, 10, 14, 19, 24].filter((x) => x < joint - 1);
  const parts = [
    turned([...rings.map((x) => [x, r]), [joint, r]], 24, soot),
    turned([[joint, 1.004 * r], [top, 1.004 * r]], 24, grey(0.17)),
    turned([[top, 1.004 * r], [top - 1.5, 0.2 * r], [top - 1.5, 0]], 24, grey(0.1)),
    turned([[0.6, 0], [-0.25, 0.55 * r], [-0.3, r], [1.6, 1.02 * r]], 24, grey(0.2)),
    ...[...shape.tanks_m, joint].map((x) => turned([[x - 0.12, 1.006 * r], [x + 0.12, 1.006 * r]], 24, grey(0.45))),
    box([0.5 * top, 0.06, 0.7], [0.58 * top, r, 0], [0.02, 0.13, 0.55]), // along +y, so that roll can be seen
  ];
  group.add(new Mesh(mergeGeometries(parts), MATTE));
}

function engines(shape, group) {
  const places = shape.engines_m;
  let gap = Infinity;
  places.forEach((a, i) => places.forEach((b, j) => { if (i < j) gap = Math.min(gap, Math.hypot(a[0] - b[0], a[1] - b[1])); }));
  const exit = Math.min(shape.exit_m, 0.48 * gap), depth = -shape.base_m;
  const bell = turned([[0, 0.3 * exit], [-0.3 * depth, 0.62 * exit], [-0.65 * depth, 0.88 * exit], [-depth, exit]], 12, grey(0.33));
  const glow = new CircleGeometry(0.92 * exit, 12).rotateY(-TAU / 4).translate(0.04 - depth, 0, 0);
  const flame = plume(14, [1, 0.36, 0.06], [1, 0.2, 0.03], 0.9), core = plume(10, [1, 0.95, 0.75], [1, 0.6, 0.2], 1);
  return places.map(([y, z]) => {
    const engine = new Group();
    engine.position.set(0, y, z);
    const nozzle = new Mesh(bell, MATTE);
    nozzle.userData.casts = false;
    engine.add(nozzle);
    const lit = new Mesh(glow, new MeshBasicMaterial({ color: 0xffe0b0, side: DoubleSide }));
    const burn = (shape_, order) => {
      const mesh = new Mesh(shape_, new MeshBasicMaterial({ vertexColors: true, transparent: true, depthWrite: false, fog: false }));
      mesh.position.x = -depth;
      mesh.renderOrder = order;
      mesh.userData.casts = false;
      return mesh;
    };
    lit.userData.casts = false;
    engine.flames = [burn(flame, 5), burn(core, 6)];
    engine.lit = lit;
    engine.exit = exit;
    engine.depth = depth;
    engine.add(lit, ...engine.flames);
    group.add(engine);
    return engine;
  });
}

// A flame of length one and of the width of one at its root, along -x, fading out.
function plume(sides, near, far, strength) {
  const outline = [[0, 0.95], [-0.06, 1.25], [-0.2, 1.4], [-0.45, 1.15], [-0.75, 0.65], [-1, 0.12]];
  return turned(outline, sides, (x) => {
    const along = -x;
    const mix = near.map((value, i) => value + along * (far[i] - value));
    return [...mix, strength * (1 - along) ** 1.4];
  });
}

// A grid fin along +y whose lattice lets the flow along x through.
function fins(shape, group) {
  const { at_m, centre_m, area_m2, span_yz } = shape.fins;
  const reach = Math.min(2 * (centre_m - shape.radius_m) - 0.4, 2.2 * Math.sqrt(area_m2)), width = area_m2 / reach;
  const middle = centre_m - shape.radius_m, inner = middle - reach / 2, colour = [0.1, 0.115, 0.135];
  const walls = [box([0.35, inner + 0.3, 0.35], [0, inner / 2, 0], colour)];
  for (let i = 0; i <= 5; i++) {
    walls.push(box([0.45, 0.07, width], [0, inner + (i * reach) / 5, 0], colour));
    walls.push(box([0.45, reach, 0.07], [0, middle, (i / 5 - 0.5) * width], colour));
  }
  const lattice = mergeGeometries(walls);
  return span_yz.map(([c, s]) => {
    const mount = new Group(), fin = new Group();
    mount.rotation.x = Math.atan2(s, c);
    fin.position.set(at_m, shape.radius_m, 0);
    fin.add(new Mesh(lattice, MATTE));
    fin.tip = new Vector3(0, middle + reach / 2, 0);
    mount.add(fin);
    group.add(mount);
    return fin;
  });
}

// A leg in the plane of x and +y: the main beam on its hinge, and a strut from the hull to it.
function legs(shape, group) {
  const { angle_rad, radius_m, foot_m } = shape.legs, r = shape.radius_m;
  const out = radius_m - r, down = foot_m - HINGE_M, length = Math.hypot(out, down);
  const beam = turned([[0, 0.55], [0.5 * length, 0.38], [length - 0.15, 0.2]], 8, grey(0.24)).scale(1, 0.45, 1.5);
  const pad = turned([[0, 0], [0, 0.75], [0.18, 0.6], [0.3, 0]], 12, grey(0.3));
  const rod = turned([[0, 0.13], [1, 0.13]], 6, grey(0.62));
  return angle_rad.map((angle) => {
    const mount = new Group(), leg = new Group();
    mount.rotation.x = angle;
    leg.position.set(HINGE_M, r, 0);
    const main = new Mesh(beam, MATTE), foot = new Mesh(pad, MATTE), strut = new Mesh(rod, MATTE);
    foot.userData.casts = strut.userData.casts = false;
    leg.add(main);
    mount.add(leg, foot, strut);
    group.add(mount);
    const root = { x: HINGE_M + 0.62 * length, y: r };
    const pose = (progress, squeezed) => {
      const target = Math.atan2(out, down + squeezed), eased = progress * progress * (3 - 2 * progress);
      const turn = STOWED_RAD + eased * (target - STOWED_RAD);
      const full = progress >= 1 ? Math.hypot(out, down + squeezed) : length;
      leg.rotation.z = turn;
      leg.scale.x = full / length;
      const end = { x: HINGE_M + full * Math.cos(turn), y: r + full * Math.sin(turn) };
      foot.position.set(end.x, end.y, 0);
      foot.rotation.z = (1 - eased) * 1.5;
      const hold = { x: HINGE_M + 0.72 * full * Math.cos(turn), y: r + 0.72 * full * Math.sin(turn) };
      strut.position.set(root.x, root.y, 0);
      strut.rotation.z = Math.atan2(hold.y - root.y, hold.x - root.x);
      strut.scale.x = Math.max(Math.hypot(hold.y - root.y, hold.x - root.x), 0.01);
    };
    return { foot, pose };
  });
}

function thrusters(shape, group) {
  const puff = turned([[0, 0.1], [0.35, 0.3], [1, 0.75]], 8, (x) => [1, 1, 1, 0.8 * (1 - x)]);
  const along = new Vector3(1, 0, 0);
  return shape.thrusters.at_m.map((place, i) => {
    const material = new MeshBasicMaterial({ vertexColors: true, transparent: true, depthWrite: false, side: DoubleSide, fog: false });
    const mesh = new Mesh(puff, material);
    const push = new Vector3(...shape.thrusters.push[i]);
    mesh.position.set(...place).addScaledVector(push, -0.2);
    mesh.position.y *= 1.06;
    mesh.position.z *= 1.06;
    mesh.quaternion.setFromUnitVectors(along, push.negate());
    mesh.userData.casts = false;
    mesh.visible = false;
    group.add(mesh);
    return mesh;
  });
}

export class Stage {
  constructor(shape) {
    this.shape = shape;
    this.group = new Group();
    this.body = new Group(); // its origin is in the gimbal plane
    this.body.position.x = -shape.legs.foot_m;
    this.group.add(this.body);
    hull(shape, this.body);
    this.engines = engines(shape, this.body);
    this.fins = fins(shape, this.body);
    this.legs = legs(shape, this.body);
    this.thrusters = thrusters(shape, this.body);
    this.middle = 0.32 * shape.length_m - shape.legs.foot_m; // of stage and flames
    this.down = new Vector3();
    this.place = new Vector3();
  }

  // Put everything where the state says; `time` only makes the flames flicker.
  pose(state, time) {
    const [w, x, y, z] = state.q_enu_b;
    this.group.quaternion.set(x, y, z, w);
    this.group.position.set(...state.pos_enu_m);
    this.fins.forEach((fin, i) => { fin.rotation.y = state.fin_rad[i] || 0; });
    this.legs.forEach((leg, i) => leg.pose(state.leg[i], state.squeezed_m[i]));
    this.thrusters.forEach((puff, i) => {
      puff.visible = state.rcs[i] > 0.03;
      if (puff.visible) puff.scale.set(1 + 3.5 * state.rcs[i], 1 + state.rcs[i], 1 + state.rcs[i]);
    });
    const thin = 1 + 2.2 * (1 - Math.exp(-Math.max(state.altitude_agl_m[0], 0) / 9000)); // flames widen where air is thin
    this.engines.forEach((engine, i) => this.burn(engine, i, state, time, thin));
    this.group.updateMatrixWorld(true);
  }

  burn(engine, i, state, time, thin) {
    const pair = this.shape.gimballed.indexOf(i), share = state.thrust[i];
    const y = pair < 0 ? 0 : state.gimbal_rad[2 * pair], z = pair < 0 ? 0 : state.gimbal_rad[2 * pair + 1];
    // Thrust along (cos y cos z, sin z, sin y cos z), as in docs/conventions.md and plant.kernels.propulsion.
    this.down.set(Math.cos(y) * Math.cos(z), Math.sin(z), Math.sin(y) * Math.cos(z));
    engine.quaternion.setFromUnitVectors(AXIS, this.down);
    const burns = share > 0.01;
    engine.lit.visible = burns;
    engine.flames.forEach((flame) => { flame.visible = burns; });
    if (!burns) return;
    this.place.copy(this.down).applyQuaternion(this.group.quaternion);
    const along = this.place.z, exit_m = this.group.position.z - (this.shape.legs.foot_m + engine.depth) * along;
    const room = along > 0.2 ? Math.max(exit_m / along, 0.5) : Infinity; // to the ground
    const flicker = 1 + 0.05 * Math.sin(61 * time + 2 * i) + 0.03 * Math.sin(143 * time + i);
    const length = (PLUME_M[0] + PLUME_M[1] * share) * flicker;
    const wide = 1.35 * engine.exit * thin * Math.min(0.35 + share, 1.15);
    engine.flames[0].scale.set(Math.min(length, room), wide, wide);
    engine.flames[1].scale.set(Math.min(0.5 * length, 0.9 * room), 0.6 * wide, 0.6 * wide);
  }

  // Where things are in east, north, up: for tests, which know it from the truth.
  probe() {
    const world = (object, ...local) => object.localToWorld(new Vector3(...local)).toArray();
    const { length_m, legs: { foot_m } } = this.shape;
    return {
      feet_plane: this.group.position.toArray(),
      nose: world(this.body, length_m, 0, 0),
      base: world(this.body, foot_m, 0, 0),
      feet: this.legs.map((leg) => world(leg.foot, 0, 0, 0)),
      fins: this.fins.map((fin) => ({ tip: world(fin, ...fin.tip.toArray()), chord: this.direction(fin) })),
      engines: this.engines.map((engine) => ({
        place: world(engine, 0, 0, 0), push: this.direction(engine),
        flame_m: engine.flames[0].visible ? engine.flames[0].scale.x : 0,
      })),
      puffs: this.thrusters.map((puff) => puff.visible),
    };
  }

  direction(object) {
    return AXIS.clone().transformDirection(object.matrixWorld).toArray();
  }
}

const AXIS = new Vector3(1, 0, 0);
