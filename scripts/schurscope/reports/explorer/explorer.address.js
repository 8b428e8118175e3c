// The view as an address, and back: what is said there is checked.

let remembered = null;
function address() {
  const said = {
    ...state,
    remove: state.remove.join("+") || "none",
    epsilon: state.epsilon ?? "off",
    solved: Number(state.solved),
  };
  return `#${new URLSearchParams(Object.entries(said).filter(([, value]) => value !== null && value !== undefined))}`;
}

function remember() {
  clearTimeout(remembered); // browsers refuse many changes a second
  remembered = setTimeout(() => history.replaceState(null, "", address()), 150);
}

function asked(hash) {
  const said = new URLSearchParams(hash.replace(/^#/, "")),
    found = {};
  const number = (name, low, high) => {
    const value = Number(said.get(name));
    if (said.has(name) && value >= low && value <= high) found[name] = value;
  };
  for (const key of PLACE) if (said.has(key)) found[key] = said.get(key);
  number("alpha", Number.MIN_VALUE, 1);
  number("dose", 0, 1);
  if (said.has("solved")) found.solved = said.get("solved") === "1";
  if (said.has("remove")) found.remove = SECTORS.filter((sector) => said.get("remove").split(/[+ ]/).includes(sector));
  if (said.has("epsilon")) found.epsilon = said.get("epsilon") === "off" ? null : Number(said.get("epsilon"));
  if (["size", "effect"].includes(said.get("colour"))) found.colour = said.get("colour");
  if (["alpha", "n_R"].includes(said.get("axis"))) found.axis = said.get("axis");
  return found;
}

const go = (hash) => set({ ...START, ...asked(hash) });
