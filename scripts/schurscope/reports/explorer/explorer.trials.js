// Outputs on the held-out trials: as lines (Vega), or as strips where there are many channels.

const MOST_LINES = 3; // channels that are drawn as lines; of more, strips

function drawTrials(network, outputs, live, fresh) {
  const { trials } = network,
    lines = trials.outputs <= MOST_LINES;
  $("line-keys").hidden = !lines;
  $("traces-note").textContent =
    live === null
      ? ""
      : `Computed here: on these three trials the discrepancy of the ablated network from the intact one is ${figure(live)}.`;
  $("traces-how").textContent = lines
    ? "What leaves a channel's band is drawn at its edge."
    : `Rows: output channels, dark low and light high. ${network.metric.signs ? "Green: scored, and of the wrong sign." : ""}`;
  return views.traces.map((view, trial) => {
    $(`trace-${trial}`).hidden = !lines || trial >= trials.count;
    $(`strips-${trial}`).hidden = lines || trial >= trials.count;
    if (trial >= trials.count) return null;
    return lines
      ? drawLines(view, network, outputs, trial, fresh)
      : drawStrips($(`strips-${trial}`), network, outputs, trial);
  });
}

// The least and the largest of what is scored.
function rangeOf(trials) {
  let low = Infinity,
    high = -Infinity;
  for (let k = 0; k < trials.targets.length; k++)
    if (trials.mask[k]) ((low = Math.min(low, trials.targets[k])), (high = Math.max(high, trials.targets[k])));
  return [low, high];
}

function drawLines(view, network, outputs, trial, fresh) {
  const { trials } = network,
    channels = trials.outputs,
    [low, high] = (trials.range ??= rangeOf(trials));
  const room = channels > 1 ? 1.35 : 1.7,
    middle = (low + high) / 2,
    span = room * (high - low || 1);
  const points = (array, scored) => {
    const found = [];
    for (let c = 0; c < channels; c++)
      for (let t = 0; t < trials.steps; t++) {
        const k = (trial * trials.steps + t) * channels + c,
          level = (array[k] - middle) / span;
        found.push({
          step: t,
          channel: c,
          level: scored && !trials.mask[k] ? null : Math.max(-0.52, Math.min(0.52, level)) - c,
        });
      }
    return found;
  };
  if (fresh) {
    view
      .data("target", points(trials.targets, true))
      .data("intact", points(network.intact, false))
      .data("scored", scoredRuns(trials, trial));
    for (const [name, value] of Object.entries({ channels, middle, span, room, steps: trials.steps - 1 }))
      view.signal(name, value);
    view.width(widthOf(`trace-${trial}`) - 62).height(channels > 1 ? 62 * channels : 150);
  }
  return view.data("ablated", points(outputs, false)).runAsync();
}

// Where any channel is scored: [{from, to}] in steps.
function scoredRuns(trials, trial) {
  const found = [];
  for (let t = 0; t < trials.steps; t++) {
    const first = (trial * trials.steps + t) * trials.outputs;
    if (!trials.mask.subarray(first, first + trials.outputs).some(Boolean)) continue;
    if (found.length && found.at(-1).to === t) found.at(-1).to = t + 1;
    else found.push({ from: t, to: t + 1 });
  }
  return found;
}
