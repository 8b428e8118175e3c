// The controls: what they say of a view, and what they change.

// New content where it is not the old one.
function fill(id, content) {
  if ($(id).filled !== content) (($(id).innerHTML = content), ($(id).filled = content));
}

function fillControls(network, cut, circuit) {
  let left = shown();
  for (const key of PLACE) {
    const values = [...new Map(left.map((one) => [one[key], key === "init" ? one.init_name : one[key]]))];
    const select = $(key);
    fill(
      key,
      values
        .map(([value, name]) => `<option value="${escaped(String(value))}">${escaped(String(name))}</option>`)
        .join(""),
    );
    select.value = String(state[key]);
    select.closest("label").hidden = new Set(DATA.networks.map((one) => one[key])).size < 2 && key !== "task";
    left = left.filter((one) => one[key] === state[key]);
  }
  $("curve-trials").textContent = circuit ? "" : ` (${network.cuts.trials} trials)`;
  $("curve-others").textContent = network.step === null ? "the other seeds" : "the other checkpoints";
  Object.assign($("solved"), {
    checked: state.solved,
    disabled: new Set(DATA.networks.map((one) => one.solved)).size < 2,
  });
  const last = network.cuts.n_R.length - 1;
  Object.assign($("alpha"), { max: last, disabled: last === 0 });
  $("alpha").value = last - cut.index;
  $("alpha").setAttribute("aria-valuetext", `alpha ${alphaText(cut.alpha)}`);
  fill(
    "alphas",
    network.grid.alphas.map((alpha) => `<button type="button" data-alpha="${alpha}">${alpha}</button>`).join(""),
  );
  const asked = alphaText(cut.asked) === alphaText(cut.alpha) ? "" : `${alphaText(cut.asked)}, modulus `;
  $("alpha-value").textContent = `${asked}${alphaText(cut.alpha)}; n_R = ${cut.nR} of ${network.n}`;
  for (const sector of SECTORS)
    Object.assign($(sector), { checked: state.remove.includes(sector), disabled: circuit !== null });
  const epsilons = ["off", ...network.circuits.map((one) => one.epsilon)];
  fill("epsilon", epsilons.map((epsilon) => `<option>${epsilon}</option>`).join(""));
  $("epsilon").value = String(state.epsilon ?? "off");
  $("epsilon").disabled = epsilons.length < 2;
  Object.assign($("dose"), { value: state.dose, disabled: !network.live });
  $("dose-value").textContent = state.dose;
  $("colour").value = state.colour;
  $("colour").options[1].disabled = !network.effect;
  $("axis").value = state.axis;
}

function listen() {
  for (const key of PLACE) $(key).onchange = (event) => set({ [key]: event.target.value });
  $("solved").onchange = (event) => set({ solved: event.target.checked });
  $("alpha").oninput = (event) => {
    const { cuts } = drawn.network,
      index = cuts.n_R.length - 1 - Number(event.target.value);
    set({ alpha: snapped(drawn.network, cuts.high[index]).alpha });
  };
  for (const sector of SECTORS) $(sector).onchange = () => set({ remove: SECTORS.filter((one) => $(one).checked) });
  $("epsilon").onchange = (event) => set({ epsilon: event.target.value === "off" ? null : Number(event.target.value) });
  $("dose").oninput = (event) => set({ dose: Number(event.target.value) });
  $("colour").onchange = (event) => set({ colour: event.target.value });
  $("axis").onchange = (event) => set({ axis: event.target.value });
  $("alphas").onclick = (event) => event.target.dataset.alpha && set({ alpha: Number(event.target.dataset.alpha) });
  window.addEventListener("hashchange", () => address() !== location.hash && go(location.hash));
  window.addEventListener("resize", () => drawn.width !== window.innerWidth && set({}));
  dragCircle();
  pointAtMatrix();
}

// Where 0 of the spectrum is on the screen, and how long the spectral radius is there.
function centre() {
  const view = views.spectrum,
    box = $("spectrum").querySelector("canvas").getBoundingClientRect();
  const [x, y] = view.origin(),
    edge = view.padding(),
    scale = view.scale("x");
  const place = [box.left + edge.left + x + scale(0), box.top + edge.top + y + view.scale("y")(0)];
  return { place, unit: (scale(1) - scale(0)) * drawn.network.rho };
}

// The right end of a circle on the screen.
function onScreen(alpha) {
  const { place, unit } = centre();
  return [place[0] + alpha * unit, place[1]];
}

// The circle follows the pointer's distance from 0.
function dragCircle() {
  const place = $("spectrum");
  let dragging = false;
  const move = (event) => {
    const {
      place: [x, y],
      unit,
    } = centre();
    return Math.hypot(event.clientX - x, event.clientY - y) / unit;
  };
  place.addEventListener("pointerdown", (event) => {
    if (Math.abs(move(event) - snapped(drawn.network, state.alpha).alpha) > 0.08) return;
    dragging = true;
    place.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  place.addEventListener("pointermove", (event) => {
    if (!dragging)
      return place.classList.toggle("near", Math.abs(move(event) - snapped(drawn.network, state.alpha).alpha) < 0.08);
    set({ alpha: nearest(drawn.network, move(event)) });
  });
  for (const end of ["pointerup", "pointercancel"]) place.addEventListener(end, () => (dragging = false));
}

// Of all moduli over rho, the nearest: where the circle snaps to.
function nearest(network, alpha) {
  const places = network.cuts.high.map((high) => snapped(network, high).alpha);
  return places.reduce((best, one) => (Math.abs(one - alpha) < Math.abs(best - alpha) ? one : best));
}

function pointAtMatrix() {
  const tip = $("tip");
  const say = (event) => {
    const at = matrix.under(event),
      { network, removed, seen } = drawn;
    tip.hidden = !at || !network || at[1] < at[0] - 1;
    if (tip.hidden) return;
    const [i, j] = at,
      k = i * network.n + j,
      own = network.blockOf[i] === network.blockOf[j];
    const lines = [
      `from mode ${network.modes[j].name}`,
      `to mode ${network.modes[i].name}`,
      `T = ${MINUS(network.T[k].toPrecision(3))}`,
    ];
    lines.push(
      own
        ? "in a block: an eigenvalue"
        : j < i
          ? "below the blocks: 0"
          : `in T_${sectorOf(i, j, seen.cut.nR)}${removed[k] ? ", removed" : ""}`,
    );
    if (network.effect && isFinite(network.effect[k]))
      lines.push(`alone: discrepancy ${figure(network.effect[k])} (${network.atlas.trials} trials)`);
    tip.innerHTML = lines.map((line) => marked(line)).join("<br>");
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, document.documentElement.clientWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${event.clientY + 16}px`;
  };
  for (const kind of ["pointermove", "pointerdown"]) matrix.canvas.addEventListener(kind, say);
  matrix.canvas.addEventListener("pointerleave", () => (tip.hidden = true));
}
