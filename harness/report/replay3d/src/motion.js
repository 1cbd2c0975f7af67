// The packed motion of a flight, read back at any time: straight between rows.

const ARRAYS = { f4: Float32Array, i2: Int16Array, i1: Int8Array, u1: Uint8Array };

function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed.data), (c) => c.charCodeAt(0));
  return { table: new ARRAYS[packed.type](bytes.buffer), width: packed.width, scale: packed.scale };
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
