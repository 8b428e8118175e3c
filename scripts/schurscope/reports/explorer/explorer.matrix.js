// T as a picture: sizes or effects as grey or green, removed couplings hatched, the cut; and what lies under the pointer.

const FLOOR = { size: -4, effect: -6 }; // log10 of what is drawn as nothing
const EDGE = { left: 34, top: 26, right: 8, bottom: 8 };

class Matrix {
  constructor(canvas, colours) {
    Object.assign(this, { canvas, colours, small: document.createElement("canvas"), hatches: {} });
  }

  // Colours of all entries, once for a network: values |T| / max |T|, or effects.
  paint(n, values, scale) {
    this.n = n;
    this.small.width = this.small.height = n;
    const pen = this.small.getContext("2d"),
      image = pen.createImageData(n, n),
      floor = FLOOR[scale];
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const at = i * n + j,
          value = values[at],
          level = value > 0 ? Math.max(0, 1 - Math.log10(value) / floor) : 0;
        const below = j < i - 1 || (scale === "effect" && !isFinite(value)) ? [238, 241, 245] : null;
        image.data.set([...(below ?? shade(Math.min(level, 1), scale)), 255], 4 * at);
      }
    pen.putImageData(image, 0, 0);
  }

  // The picture at a size in CSS pixels. removed: 1 where T is changed; hue: (i, j) -> colour of its hatching.
  draw(size, removed, nR, hatched) {
    const { canvas, n } = this,
      dense = window.devicePixelRatio || 1,
      side = size - EDGE.left - EDGE.right;
    Object.assign(this, { side });
    canvas.style.width = canvas.style.height = `${size}px`;
    if (canvas.width !== Math.round(size * dense)) canvas.width = canvas.height = Math.round(size * dense);
    const pen = canvas.getContext("2d"),
      cell = side / n;
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, size, size);
    pen.translate(EDGE.left, EDGE.top);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.small, 0, 0, side, side);
    for (const [sector, colour] of Object.entries(hatched)) this.hatch(pen, colour, cell, removed, nR, sector);
    pen.strokeStyle = "#9AA1AC";
    pen.strokeRect(0, 0, side, side);
    pen.strokeStyle = this.colours.ink;
    pen.lineWidth = 1.5;
    pen.beginPath();
    if (nR < n)
      for (const ends of [
        [nR, 0, nR, n],
        [0, nR, n, nR],
      ])
        (pen.moveTo(ends[0] * cell, ends[1] * cell), pen.lineTo(ends[2] * cell, ends[3] * cell));
    pen.stroke();
    this.letters(pen, nR, cell);
  }

  // Lines over the removed entries of a sector ("all": of any), run by run along the rows.
  hatch(pen, colour, cell, removed, nR, sector) {
    const n = this.n;
    pen.beginPath();
    for (let i = 0; i < n; i++)
      for (let j = i + 1; j < n; j++) {
        const first = j;
        while (j < n && removed[i * n + j] && (sector === "all" || sectorOf(i, j, nR) === sector)) j++;
        if (j > first) pen.rect(first * cell, i * cell, (j - first) * cell, cell);
      }
    pen.fillStyle = this.hatches[colour] ??= this.lines(pen, colour);
    pen.fill();
  }

  lines(pen, colour) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 7;
    const own = tile.getContext("2d");
    own.fillStyle = `${colour}1C`;
    own.fillRect(0, 0, 7, 7);
    own.strokeStyle = colour;
    own.lineWidth = 1.1;
    for (const x of [-7, 0, 7]) (own.moveTo(x - 1, 8), own.lineTo(x + 8, -1));
    own.stroke();
    return pen.createPattern(tile, "repeat");
  }

  // Names of the sectors that have room for them, R and C, and the numbers of modes.
  letters(pen, nR, cell) {
    const n = this.n,
      room = 40 / cell;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.font = "bold 14px Helvetica, Arial, sans-serif";
    const names = [
      ["RR", 0.68 * nR, 0.32 * nR, nR],
      ["CR", (nR + n) / 2, nR / 2, Math.min(nR, n - nR)],
      ["CC", nR + 0.68 * (n - nR), nR + 0.32 * (n - nR), n - nR],
    ];
    for (const [name, x, y, space] of names)
      if (space > (name === "CR" ? room * 0.7 : room)) {
        pen.lineWidth = 4;
        pen.strokeStyle = "white";
        pen.strokeText(name, x * cell, y * cell);
        pen.fillStyle = this.colours[name];
        pen.fillText(name, x * cell, y * cell);
      }
    pen.fillStyle = "#4A5160";
    pen.font = "12px Helvetica, Arial, sans-serif";
    for (const [part, from, to] of [
      ["R", 0, nR],
      ["C", nR, n],
    ])
      if ((to - from) * cell > 14)
        (pen.fillText(part, ((from + to) / 2) * cell, -9), pen.fillText(part, -9, ((from + to) / 2) * cell));
    pen.textAlign = "right";
    for (const mode of [1, n]) pen.fillText(mode, -16, (mode - 0.5) * cell);
  }

  // [i, j] below a pointer, or null.
  under(event) {
    const box = this.canvas.getBoundingClientRect(),
      cell = this.side / this.n;
    const j = Math.floor((event.clientX - box.left - EDGE.left) / cell),
      i = Math.floor((event.clientY - box.top - EDGE.top) / cell);
    return i >= 0 && j >= 0 && i < this.n && j < this.n ? [i, j] : null;
  }
}

function shade(level, scale) {
  const ends = scale === "size" ? [255, 255, 255, 20, 24, 32] : [255, 255, 255, 0, 84, 74];
  return [0, 1, 2].map((k) => Math.round(ends[k] + (ends[k + 3] - ends[k]) * level));
}
