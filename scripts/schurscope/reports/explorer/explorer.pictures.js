// Spectrum, matrix and cost of one view; Vega draws what is told here.

const widthOf = (id) => $(id).closest("figure").clientWidth;

function drawMatrix(network, cut, circuit, removed, fresh) {
  if (fresh || drawn.colour !== state.colour)
    matrix.paint(
      network.n,
      state.colour === "effect" ? network.effect : network.T.map((value) => Math.abs(value) / network.most),
      state.colour,
    );
  const hatched = circuit
    ? { all: "#6B7280" }
    : Object.fromEntries(state.remove.map((sector) => [sector, DATA.colours[sector]]));
  matrix.draw(Math.min(widthOf("matrix"), 430), removed, cut.nR, state.dose > 0 ? hatched : {});
  $("scale").className = state.colour;
  $("scale-low").textContent =
    state.colour === "size" ? "|T| / max |T|: 0.0001" : "effect alone (discrepancy): 0.000001";
}

function drawSpectrum(network, cut, fresh) {
  const view = views.spectrum,
    side = Math.min(widthOf("spectrum"), 430) - 62;
  if (fresh)
    view
      .data("modes", network.modes)
      .data(
        "places",
        network.places.map(([re, im, count]) => ({ re, im, count })),
      )
      .width(side)
      .height(side)
      .signal("rho", network.rho);
  return view.signal("cut", cut.alpha * network.rho).runAsync();
}

// The steps of one network's cost: it is that of a cut for all alphas from the one below, up to its own.
function steps(network, circuit, label) {
  const who = `${network.step ?? `seed ${network.seed}`}${network.solved ? "" : " (not solved)"}`,
    { n_R, low, high } = network.cuts;
  const x = (k) => (state.axis === "alpha" ? high[k] : n_R[k]),
    place = DATA.removed.indexOf(label) - 1,
    points = [];
  const other = circuit && network.circuits.find((one) => one.epsilon === circuit.epsilon);
  if (circuit && !other) return points;
  for (let k = n_R.length - 1; k >= 0; k--) {
    const cost = circuit ? other.cost : place < 0 ? 0 : network.cost[k * (DATA.removed.length - 1) + place];
    const said = `α = ${alphaText(Math.min(high[k], 1))}, n_R = ${n_R[k]}`;
    if (state.axis === "alpha" && points.length === 0) points.push({ at: low[k], cost, who, said });
    points.push({ at: x(k), cost, who, said });
  }
  return points
    .map((point) => ({ ...point, cost: isFinite(point.cost) ? point.cost : null }))
    .sort((a, b) => a.at - b.at);
}

function drawCurve(network, cut, circuit, label) {
  const view = views.curve,
    alpha = state.axis === "alpha",
    key = [
      network.task,
      network.width,
      network.init,
      network.seed,
      network.step,
      label,
      state.epsilon,
      state.axis,
      window.innerWidth,
    ].join();
  if (view.shown !== key) {
    const cell = DATA.networks.filter(
      (one) =>
        ["task", "width", "init"].every((name) => one[name] === network[name]) &&
        one !== network &&
        one.opened !== network,
    );
    const own = steps(network, circuit, label),
      others = cell.flatMap((one) => steps(opened(one), circuit, label));
    const sector = !circuit && state.remove.length === 1 ? state.remove[0] : null,
      controls = sector && network.controls;
    const bars = controls
      ? controls.kinds.map((kind, k) => ({
          kind,
          place: k - 1,
          low: controls.of[sector].low[k],
          high: controls.of[sector].high[k],
        }))
      : [];
    const there = controls && snapped(network, controls.alpha),
      costs = [...own, ...others].map((one) => one.cost).concat(bars.map((one) => one.high));
    const least = Math.min(0, ...costs.filter((cost) => cost !== null)),
      top = Math.max(0.02, ...costs.filter((cost) => cost !== null)),
      cap = network.metric.higher ? 1 : 2;
    for (const bar of bars) bar.at = alpha ? controls.alpha : there.nR;
    const lowest = Math.min(...[network, ...cell.map(opened)].map((one) => one.cuts.high.at(-1)));
    view
      .data("own", own)
      .data("others", others)
      .data(
        "controls",
        bars.filter((bar) => bar.low !== null),
      );
    view.signal("low", alpha ? Math.max(0, Math.min(lowest - 0.02, 0.5)) : 0).signal("high", alpha ? 1 : network.n);
    view
      .signal("top", Math.min(top * 1.06, cap))
      .signal("floor", Math.min(-0.06 * Math.min(top, cap), 1.06 * Math.max(least, -cap)))
      .signal("hue", sector ? DATA.colours[sector] : DATA.colours.ink);
    view.width(Math.min(widthOf("curve"), 760) - 62).height(Math.min(widthOf("spectrum"), 430) - 62);
    const what = circuit
      ? `the circuit at ε = ${circuit.epsilon}`
      : state.remove.length
        ? `−${state.remove.join(" −")}`
        : "nothing removed";
    $("curve-title").textContent = `${network.metric.lost[0].toUpperCase()}${network.metric.lost.slice(1)}, ${what}`;
    $("curve-axis").textContent = circuit
      ? "a circuit does not depend on the cut"
      : alpha
        ? "cut α (modulus over the spectral radius)"
        : "modes in R (n_R)";
    $("curve-cap").textContent = top > cap ? ` What is above ${cap} is drawn at ${cap}.` : "";
    $("curve-controls").hidden = !bars.length;
    $("curve-controls").textContent = bars.length
      ? ` Grey bars: the middle 95 % of ${controls.draws} random changes of equal norm: ${listed(controls.kinds.map((kind) => kind.replace("direction", "directions")))}, from left to right.`
      : "";
    view.ownSteps = own;
    view.shown = key;
  }
  const at = alpha ? cut.alpha : cut.nR,
    here = view.ownSteps.find((one) => one.at >= at - 1e-8) ?? view.ownSteps.at(-1);
  return view.data("now", here ? [{ at, cost: here.cost, who: here.who }] : []).runAsync();
}
