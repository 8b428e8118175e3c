// Arrays as packing.py writes them, the ablated matrix, and the network's run in float64 (cells/rollout.py).

const TYPES = { f8: Float64Array, f4: Float32Array, i2: Int16Array, u1: Uint8Array };

function unpacked(entry) {
  const text = atob(entry.base64),
    bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const array = new TYPES[entry.type](bytes.buffer);
  return entry.unit === undefined ? array : Float64Array.from(array, (level) => level * entry.unit);
}

const doubles = (entry) => (entry === undefined ? null : Float64Array.from(unpacked(entry)));

// (k,) of the entries on, above and just below the diagonal -> (n, n), row by row.
function fromUpper(packed, n, fill) {
  const full = new Float64Array(n * n).fill(fill);
  for (let i = 0, k = 0; i < n; i++) for (let j = Math.max(0, i - 1); j < n; j++) full[i * n + j] = packed[k++];
  return full;
}

function fromBits(entry, n) {
  const bytes = unpacked(entry),
    count = (n * (n + 3)) / 2 - 1;
  return fromUpper(
    Array.from({ length: count }, (_, k) => (bytes[k >> 3] >> (7 - (k & 7))) & 1),
    n,
    0,
  );
}

// The entries of T in some sectors, for a cut behind n_R rows: 1 where removed. An entry is a coupling where its row's
// block stands before its column's.
function inSectors(blockOf, nR, sectors) {
  const n = blockOf.length,
    removed = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++)
      if (blockOf[i] < blockOf[j] && sectors.includes(sectorOf(i, j, nR))) removed[i * n + j] = 1;
  return removed;
}

const sectorOf = (i, j, nR) => (i >= nR ? "CC" : j < nR ? "RR" : "CR");

// Q (T without a share of what is removed) Q^T; W itself where nothing is.
function ablated(network, removed, dose) {
  const { n, W_hh, Q, T } = network;
  if (dose === 0 || !removed.some((flag) => flag)) return W_hh;
  const QT = new Float64Array(n * n),
    W = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      const q = Q[i * n + k];
      for (let j = Math.max(0, k - 1); j < n; j++) {
        const at = k * n + j;
        QT[i * n + j] += q * (removed[at] ? (dose === 1 ? 0 : T[at] * (1 - dose)) : T[at]);
      }
    }
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += QT[i * n + k] * Q[j * n + k];
      W[i * n + j] = sum;
    }
  return W;
}

const ACTIVATIONS = {
  tanh: (z) => Math.tanh(z),
  relu: (z) => (z <= 0 ? 0 : z),
  modrelu: (z, b) => (Math.abs(z) + b <= 0 ? 0 : Math.sign(z) * (Math.abs(z) + b)),
};

// Outputs (trial, time, output) of a network with recurrent weights W on trials.
function rollout(network, W, trials) {
  const { n, W_xh, W_hy, b_h, b_y, h0, b_modulus, leak } = network,
    activate = ACTIVATIONS[network.cell];
  const { count, steps, inputs, outputs } = trials,
    y = new Float64Array(count * steps * outputs);
  for (let trial = 0; trial < count; trial++) {
    let h = new Float64Array(n),
      next = new Float64Array(n);
    if (trials.h0) h.set(trials.h0.subarray(trial * n, (trial + 1) * n));
    else if (h0) h.set(h0);
    for (let t = 0; t < steps; t++) {
      const x = (trial * steps + t) * inputs,
        out = (trial * steps + t) * outputs;
      for (let i = 0; i < n; i++) {
        let z = b_h ? b_h[i] : 0;
        for (let j = 0; j < n; j++) z += W[i * n + j] * h[j];
        for (let k = 0; k < inputs; k++) z += W_xh[i * inputs + k] * trials.x[x + k];
        const f = activate(z, b_modulus ? b_modulus[i] : 0);
        next[i] = leak === 1 ? f : (1 - leak) * h[i] + leak * f;
      }
      [h, next] = [next, h];
      for (let o = 0; o < outputs; o++) {
        let sum = b_y ? b_y[o] : 0;
        for (let j = 0; j < n; j++) sum += W_hy[o * n + j] * h[j];
        y[out + o] = sum;
      }
    }
  }
  return y;
}

// The discrepancy of some outputs from the intact ones over what is scored of these trials; NaN where nothing varies.
function discrepancy(outputs, intact, trials) {
  const channels = trials.outputs,
    mean = new Float64Array(channels),
    counts = new Float64Array(channels);
  for (let i = 0; i < intact.length; i++)
    if (trials.mask[i]) ((mean[i % channels] += intact[i]), counts[i % channels]++);
  let off = 0,
    spread = 0;
  for (let i = 0; i < intact.length; i++)
    if (trials.mask[i]) {
      off += (outputs[i] - intact[i]) ** 2;
      spread += (intact[i] - mean[i % channels] / counts[i % channels]) ** 2;
    }
  return spread > 0 ? off / spread : NaN;
}
