// Outputs of many channels as strips: target, intact and ablated above one another, a row a channel, a column a step.

function drawStrips(canvas, network, outputs, trial) {
  const { trials } = network,
    { steps, outputs: channels } = trials,
    [low, high] = (trials.range ??= rangeOf(trials));
  const dense = window.devicePixelRatio || 1,
    width = canvas.closest("figure").clientWidth,
    left = 56,
    room = width - left - 6;
  const row = Math.max(2, Math.min(9, Math.floor(96 / channels))),
    tall = row * channels,
    gap = 9,
    all = 3 * tall + 2 * gap + 40;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${all}px`;
  Object.assign(canvas, { width: width * dense, height: all * dense });
  const pen = canvas.getContext("2d");
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.font = "12px Helvetica, Arial, sans-serif";
  pen.textBaseline = "middle";
  const small = document.createElement("canvas");
  Object.assign(small, { width: steps, height: channels });
  const own = small.getContext("2d"),
    image = own.createImageData(steps, channels);
  [
    ["target", trials.targets],
    ["intact", network.intact],
    ["ablated", outputs],
  ].forEach(([name, array], place) => {
    for (let c = 0; c < channels; c++)
      for (let t = 0; t < steps; t++) {
        const k = (trial * steps + t) * channels + c,
          level = Math.max(0, Math.min(1, (array[k] - low) / (high - low || 1)));
        const wrong = network.metric.signs && place > 0 && trials.mask[k] && array[k] >= 0 !== trials.targets[k] >= 0;
        const grey = 40 + 205 * level,
          blank = place === 0 && !trials.mask[k];
        image.data.set([...(wrong ? GREEN : blank ? [255, 255, 255] : [grey, grey, grey]), 255], 4 * (c * steps + t));
      }
    own.putImageData(image, 0, 0);
    const top = 2 + place * (tall + gap);
    pen.drawImage(small, left, top, room, tall);
    pen.strokeStyle = "#9AA1AC";
    pen.lineWidth = 0.7;
    pen.strokeRect(left, top, room, tall);
    pen.fillStyle = "#4A5160";
    pen.textAlign = "right";
    pen.fillText(name, left - 7, top + tall / 2);
  });
  const bottom = 2 + 3 * tall + 2 * gap,
    every = 10 ** Math.floor(Math.log10(steps)) / (steps >= 2 * 10 ** Math.floor(Math.log10(steps)) ? 1 : 5);
  pen.textAlign = "center";
  for (let t = 0; t < steps; t += every) {
    const x = left + ((t + 0.5) / steps) * room;
    pen.fillRect(x, bottom, 1, 4);
    pen.fillText(String(t), x, bottom + 12);
  }
  pen.fillText("step", left + room / 2, bottom + 28);
  return null;
}

const GREEN = [0, 150, 130];
