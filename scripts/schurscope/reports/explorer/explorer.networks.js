// The page's networks with their arrays unpacked, the one that is chosen, its cuts, and what is removed.

// A network with its arrays unpacked, once.
function opened(network) {
  if (network.opened) return network.opened;
  const { n, live } = network,
    task = DATA.tasks[network.task],
    known = { ...network, metric: task.metric };
  known.T = fromUpper(unpacked(network.T), n, 0);
  known.blockOf = unpacked(network.block_of);
  const parts = unpacked(network.eigenvalues);
  known.modes = Array.from({ length: n }, (_, k) => {
    const re = parts[k],
      im = parts[n + k];
    return { re, im, modulus: Math.hypot(re, im), name: `${k + 1}: ${complexText(re, im)}` };
  });
  known.rho = Math.max(...known.modes.map((mode) => mode.modulus)) || 1;
  known.cost = unpacked(network.cuts.cost);
  known.most = known.T.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  known.effect = network.atlas && fromUpper(unpacked(network.atlas.effect), n, NaN);
  known.gone = network.circuits.map((circuit) => fromBits(circuit.removed, n));
  if (live) {
    for (const name of ["Q", "W_hh", "W_xh", "W_hy", "b_h", "b_y", "h0", "b_modulus"])
      known[name] = doubles(live[name]);
    Object.assign(known, { cell: live.cell, leak: live.leak });
    task.opened ??= openedTrials(task.trials);
    known.trials = task.opened;
  }
  return (network.opened = known);
}

function openedTrials(trials) {
  const bytes = unpacked(trials.mask),
    count = trials.count * trials.steps * trials.outputs;
  const mask = Uint8Array.from({ length: count }, (_, k) => (bytes[k >> 3] >> (7 - (k & 7))) & 1);
  return { ...trials, x: doubles(trials.x), targets: doubles(trials.targets), h0: doubles(trials.h0), mask };
}

const complexText = (re, im) =>
  `${MINUS(re.toFixed(3))}${im === 0 ? "" : ` ${im < 0 ? "−" : "+"} ${Math.abs(im).toFixed(3)}i`}`;
const shown = () => DATA.networks.filter((network) => !state.solved || network.solved);
const agrees = (network, keys) => keys.every((key) => network[key] === state[key]);

// The network of the state: what does not exist is replaced by the first that does.
function chosen() {
  let left = shown();
  if (!left.length) ((state.solved = false), (left = shown()));
  for (const key of PLACE) {
    const here = left.filter((network) => String(network[key]) === String(state[key]));
    state[key] = (here.length ? here : left)[0][key];
    left = left.filter((network) => network[key] === state[key]);
  }
  return opened(left[0]);
}

// The cut that holds for alpha, at the modulus that it snaps to: that of the last block in R, over rho.
function snapped(network, alpha) {
  const { n_R, low, high } = network.cuts;
  let index = low.findIndex((from, k) => from < alpha && alpha <= high[k]);
  if (index < 0) index = alpha > high[0] ? 0 : low.length - 1;
  const at = high[index] >= 1 ? 1 : Number((high[index] * (1 - 1e-9)).toFixed(12));
  const within = low[index] < alpha && alpha <= high[index];
  return { index, nR: n_R[index], low: low[index], high: high[index], alpha: at, asked: within ? alpha : at };
}

function removal(network, cut) {
  const circuit = network.circuits.findIndex((one) => one.epsilon === state.epsilon);
  if (circuit >= 0) return { circuit: network.circuits[circuit], removed: network.gone[circuit] };
  return { circuit: null, removed: inSectors(network.blockOf, cut.nR, state.remove) };
}

function massOf(network, removed) {
  let part = 0,
    whole = 0;
  for (let k = 0; k < removed.length; k++) {
    const square = (network.T[k] / network.most) ** 2;
    whole += square;
    if (removed[k]) part += square;
  }
  return Math.sqrt(part / whole);
}
