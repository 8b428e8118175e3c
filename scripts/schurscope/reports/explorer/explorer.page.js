// The state (in the address), the controls, and what follows from a change of one: window.schurscope has it for tests.

const DATA = JSON.parse(document.getElementById("data").textContent);
const SECTORS = ["RR", "CR", "CC"],
  PLACE = ["task", "width", "init", "seed", "step"];
const $ = (id) => document.getElementById(id);
const START = {
  solved: false,
  alpha: DATA.alpha,
  remove: ["CR"],
  epsilon: null,
  dose: 1,
  colour: "size",
  axis: "alpha",
};
const FIRST = ["circuits", "solved"].reduce((left, wanted) => {
  const better = left.filter((one) => (wanted === "solved" ? one.solved : one.circuits.length));
  return better.length ? better : left;
}, DATA.networks)[0];
const state = { ...START, ...Object.fromEntries(PLACE.map((key) => [key, FIRST[key]])) };
const views = {},
  matrix = new Matrix($("matrix"), DATA.colours);
let waiting = null,
  drawn = {};

async function update() {
  const network = chosen(),
    cut = snapped(network, state.alpha),
    fresh = drawn.network !== network || drawn.width !== window.innerWidth;
  if (!network.circuits.some((one) => one.epsilon === state.epsilon)) state.epsilon = null;
  if (!network.effect) state.colour = "size";
  const { circuit, removed } = removal(network, cut),
    changed = fresh || drawn.removed !== removed || drawn.dose !== state.dose;
  if (network.live) network.intact ??= rollout(network, network.W_hh, network.trials);
  const label = state.remove.length ? state.remove.join("+") : "none";
  const outputs = network.live ? rollout(network, ablated(network, removed, state.dose), network.trials) : null;
  const live = outputs && !network.metric.classes ? discrepancy(outputs, network.intact, network.trials) : null;
  const seen = {
    network,
    cut,
    circuit,
    label,
    labels: DATA.removed,
    sectors: state.remove,
    dose: state.dose,
    mass: massOf(network, removed),
    live,
    near: DATA.near,
  };
  seen.words = sentence(seen);
  $("answer").innerHTML = answer(seen.words);
  fillControls(network, cut, circuit);
  drawMatrix(network, cut, circuit, removed, fresh);
  const running = [drawSpectrum(network, cut, fresh), drawCurve(network, cut, circuit, label)];
  $("trials").hidden = !network.live;
  $("stored").hidden = Boolean(network.live);
  if (outputs && changed) running.push(...drawTrials(network, outputs, live, fresh));
  drawn = { network, removed, dose: state.dose, colour: state.colour, width: window.innerWidth, outputs, seen };
  await Promise.all(running);
  remember();
  return drawn;
}

// One drawing at a time; of changes that come while it lasts, the last is drawn.
function set(changes) {
  Object.assign(state, changes);
  waiting ??= Promise.resolve().then(
    () => ((waiting = null), (set.last = (set.last ?? Promise.resolve()).then(update))),
  );
  return waiting.then(() => set.last);
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const marked = (text) =>
  escaped(text)
    .replace(/T_(RR|CR|CC)/g, "T<sub>$1</sub>")
    .replace(/(loses [^:]+):/, "<b>$1</b>:")
    .replace(/(fragile)/, "<b>$1</b>")
    .replace(/([αε]) = /g, "$1\u00a0=\u00a0")
    .replace(/ %/g, "\u00a0%");
// The first sentence large, what qualifies it below.
const answer = (words) =>
  words.replace(
    /^(.*?\.)( [A-Z].*)?$/,
    (_, first, rest) => `${marked(first)}${rest ? `<small>${marked(rest.trim())}</small>` : ""}`,
  );

async function start() {
  const embedded = (id, name) =>
    vegaEmbed(`#${id}`, DATA.specs[name], { actions: false, renderer: "canvas" }).then((made) => made.view);
  const traces = DATA.live ? [0, 1, 2] : [];
  [views.spectrum, views.curve, ...views.traces] = await Promise.all([
    embedded("spectrum", "spectrum"),
    embedded("curve", "curve"),
    ...traces.map((k) => embedded(`trace-${k}`, "traces")),
  ]);
  Object.assign(state, asked(location.hash));
  await set({});
  listen();
}

window.schurscope = { state, set, go, address, asked, snapped, nearest, onScreen, data: DATA, drawn: () => drawn };
window.schurscope.ready = start();
