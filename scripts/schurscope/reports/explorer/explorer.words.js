// What is said of one view, made from stored numbers; plain text with T_CR for a sector.

const LEAST_MASS = 1e-5; // of the norm of T: what is below is nothing to remove
const MINUS = (text) => text.replace("-", "−");

// Two to three digits, or as many decimals as are asked for.
function figure(value, decimals = 0) {
  if (value === null || !isFinite(value)) return "what is not a number";
  const size = Math.abs(value),
    leading = size > 0 ? Math.floor(Math.log10(size)) : 0;
  if (size >= 1e5 || (size > 0 && leading < -7)) return MINUS(value.toExponential(1).replace("+", ""));
  const own =
    size === 0 ? 0 : leading >= 2 ? 0 : leading >= 1 ? 1 : leading === 0 ? 2 : leading >= -2 ? 3 : 1 - leading;
  return MINUS(value.toFixed(Math.max(own, decimals)));
}

// Alpha with the digits that tell it from 1.
const alphaText = (alpha) => String(Number(alpha.toFixed(Math.max(3, Math.ceil(1 - Math.log10(1 - alpha + 1e-9))))));

const listed = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);
const counted = (count, word) => `${count.toLocaleString("en").replaceAll(",", " ")} ${word}${count === 1 ? "" : "s"}`;

// "loses 0.40: its accuracy falls from 1.00 to 0.60"
function lossWords(metric, intact, score) {
  if (score === null || intact === null) return "gives outputs that are not numbers";
  const cost = metric.higher ? intact - score : score - intact;
  const decimals = cost === 0 ? 0 : Math.min(7, 1 - Math.floor(Math.log10(Math.abs(cost)))); // that tell the ends apart
  const [from, to] = [intact, score].map((end) => figure(end, decimals));
  const moved = cost === 0 ? `stays at ${to}` : `${score > intact ? "rises" : "falls"} from ${from} to ${to}`;
  return `loses ${cost > 0 ? figure(cost) : "nothing"}: its ${metric.label} ${moved}`;
}

// Whether the cut depends on alpha's last digits: the same definition as everywhere (schur/split.py).
function soundWords(cut, near) {
  const from = cut.low === 0 ? 0 : cut.low + near,
    to = cut.high >= 1 ? 1 : cut.high - near;
  if (cut.low === 0 && cut.high >= 1) return "There is no other cut: all moduli are equal.";
  if (from >= to) return `The cut is fragile: no α gives it with ${near} to spare.`;
  const sound = `The cut is sound from α = ${alphaText(from)} to ${alphaText(to)}`;
  return cut.asked === cut.alpha || (from < cut.asked && cut.asked <= to)
    ? `${sound}.`
    : `${sound}, fragile at ${alphaText(cut.asked)}.`;
}

// What random changes of equal norm cost; "" where they were not made for this set and cut.
function controlWords(controls, sector, cut) {
  if (!controls || !sector || !(cut.low < controls.alpha && controls.alpha <= cut.high)) return "";
  const shares = controls.of[sector].percentile;
  if (shares.some((share) => share === null)) return "";
  const parts = controls.kinds.map(
    (kind, k) => `${Math.round(shares[k])} % (${kind.replace("direction", "directions")})`,
  );
  return `Of ${controls.draws} random changes of equal norm of each kind, ${listed(parts)} cost less (${controls.trials} trials).`;
}

// The stored score of a removed set at a cut: at the config's alphas of more trials than elsewhere.
function stored(network, labels, label, cut) {
  const grid = network.grid,
    row = grid.alphas.findIndex((alpha) => cut.low < alpha && alpha <= cut.high);
  if (row >= 0)
    return { intact: grid.score[row][0], score: grid.score[row][labels.indexOf(label)], trials: grid.trials };
  const costs = network.cost,
    at = cut.index * (labels.length - 1) + labels.indexOf(label) - 1;
  const intact = network.cuts.intact,
    sign = network.metric.higher ? -1 : 1;
  return { intact, score: isFinite(costs[at]) ? intact + sign * costs[at] : null, trials: network.cuts.trials };
}

// view: {network, labels, label, sectors, cut, circuit, dose, mass, live, near}; live: the discrepancy on three trials.
function sentence(view) {
  const { network, cut, circuit, dose } = view,
    words = [];
  const at = `α = ${alphaText(cut.asked)}`,
    name = listed(view.sectors.map((sector) => `T_${sector}`));
  const lives =
    view.live === null
      ? ""
      : ` On the three trials below its discrepancy from the intact network is ${figure(view.live)}.`;
  if (circuit) {
    const couplings = `${counted(circuit.count, "coupling")} (${figure(100 * circuit.share)} % of all)`;
    if (!circuit.count)
      words.push(`The circuit at ε = ${circuit.epsilon} has every coupling: there is nothing to remove.`);
    else if (dose < 1)
      words.push(
        `With ${Math.round(100 * dose)} % of each of the ${couplings} outside its circuit at ε = ${circuit.epsilon} removed, nothing is stored.${lives}`,
      );
    else
      words.push(
        `Without the ${couplings} outside its circuit at ε = ${circuit.epsilon} this network ${lossWords(network.metric, circuit.intact, circuit.score)}` +
          ` (${circuit.trials} held-out trials, discrepancy ${figure(circuit.discrepancy)}${circuit.verified ? "" : ", above ε"}).`,
      );
  } else if (!view.sectors.length) {
    const { intact, trials } = stored(network, view.labels, "none", cut);
    words.push(
      `Nothing is removed: ${network.metric.label} ${figure(intact)} on ${trials} held-out trials. Choose what to remove.`,
    );
  } else if (view.mass < LEAST_MASS) {
    words.push(
      `There is nothing to remove: at ${at}, ${name} ${view.sectors.length > 1 ? "hold" : "holds"} less than 0.00001 of the norm of T.`,
    );
    words.push(soundWords(cut, view.near));
  } else if (dose < 1) {
    words.push(
      `With ${Math.round(100 * dose)} % of ${name} removed at ${at}, nothing is stored.${lives}`,
      soundWords(cut, view.near),
    );
  } else {
    const { intact, score, trials } = stored(network, view.labels, view.label, cut);
    words.push(
      `Without ${name} this network ${lossWords(network.metric, intact, score)} (${at}, ${trials} held-out trials).`,
    );
    words.push(controlWords(network.controls, view.sectors.length === 1 ? view.sectors[0] : null, cut));
    words.push(soundWords(cut, view.near));
  }
  if (!network.solved) words.push("This network did not solve its task.");
  return words.filter(Boolean).join(" ");
}
