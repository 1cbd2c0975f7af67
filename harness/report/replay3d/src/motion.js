// The packed motion of a flight, read back at any time: straight between rows.

const ARRAYS = { f4: Float32Array, i2: Int16Array, i1: Int8Array, u1: Uint8Array };

function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed.data), (c) => c.charCodeAt(0));
  return { table: new ARRAYS[packed.type](bytes.buffer), width: packed.width, scale: packed.scale };
}

const real = ({ table, scale }) => (table instanceof Float32Array && scale === 1 ? table : Float32Array.from(table, (value) => scale * value));

// q and -q are one attitude: later rows continue on the side of the last one.
function likeSign(before, more) {
  let product = 0;
  for (let i = 0; i < 4; i++) product += before[before.length - 4 + i] * more[i];
  if (product < 0) for (let i = 0; i < more.length; i++) more[i] = -more[i];
}

export class Motion {
  constructor(data) {
    this.rows = data.rows;
    this.start = data.start_s;
    this.end = data.end_s;
    this.columns = {};
    this.state = {};
    for (const [name, packed] of Object.entries(data.columns)) {
      this.columns[name] = unpack(packed);
      this.state[name] = new Float64Array(packed.width);
    }
  }

  // More rows at the same rate, of a flight that is flown meanwhile: real numbers from then on, whatever scale they came in.
  extend(chunk) {
    for (const [name, packed] of Object.entries(chunk.columns)) {
      const more = real(unpack(packed)), here = real(this.columns[name]);
      if (name === "q_enu_b") likeSign(here, more);
      const table = new Float32Array(here.length + more.length);
      table.set(here);
      table.set(more, here.length);
      this.columns[name].table = table;
      this.columns[name].scale = 1;
    }
    this.rows += chunk.rows;
    this.end = chunk.end_s;
  }

  // The state at a time; the same object each time, overwritten.
  at(time) {
    const place = Math.min(Math.max((time - this.start) / (this.end - this.start), 0), 1) * (this.rows - 1);
    const row = Math.min(Math.floor(place), this.rows - 2);
    const share = place - row;
    for (const name in this.columns) {
      const { table, width, scale } = this.columns[name];
      const out = this.state[name];
      for (let i = 0; i < width; i++) {
        const here = table[row * width + i];
        out[i] = scale * (here + share * (table[(row + 1) * width + i] - here));
      }
    }
    const q = this.state.q_enu_b;
    const size = Math.hypot(q[0], q[1], q[2], q[3]) || 1;
    for (let i = 0; i < 4; i++) q[i] /= size;
    return this.state;
  }

  // Positions of all rows, and which are under thrust: what the trail is drawn from.
  path() {
    const { table } = this.columns.pos_enu_m;
    const thrust = this.columns.thrust;
    const powered = new Uint8Array(this.rows);
    for (let row = 0; row < this.rows; row++) {
      for (let i = 0; i < thrust.width; i++) if (thrust.table[row * thrust.width + i] * thrust.scale > 0.05) powered[row] = 1;
    }
    return { points: table, powered };
  }
}
