// Pictures as numbers: {pixels, height, width}; pixels are height * width * 3 floats, RGB in [0, 1], as in nst.images.
export const STEP = 16; // the networks halve a picture four times
const SMALLEST = 2 * STEP;

/** Return [height, width] of a picture scaled to `longest` pixels on its longest side, with no side below 16. */
export function fitSize(height, width, longest) {
  const scale = longest / Math.max(height, width);
  return [height, width].map((side) => Math.max(STEP, Math.round(side * scale)));
}

/** Return the picture of a canvas's 8-bit RGBA; the canvas has no transparent pixels. */
export function fromImageData({ data, height, width }) {
  const pixels = new Float32Array(height * width * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    for (let channel = 0; channel < 3; channel += 1) pixels[to++] = data[from + channel] / 255;
  }
  return { pixels, height, width };
}

/** Return 8-bit RGBA for a canvas, rounded to the nearest. */
export function toImageData({ pixels, height, width }) {
  const data = new Uint8ClampedArray(height * width * 4).fill(255);
  for (let from = 0, to = 0; from < pixels.length; to += 4) {
    for (let channel = 0; channel < 3; channel += 1) data[to + channel] = pixels[from++] * 255;
  }
  return new ImageData(data, width, height);
}

/** Extend a picture to multiples of 16 pixels, 32 or more, by reflecting it below and at the right. */
export function padPicture({ pixels, height, width }) {
  const [rows, columns] = [height, width].map((side) => Math.max(SMALLEST, Math.ceil(side / STEP) * STEP));
  const padded = new Float32Array(rows * columns * 3);
  for (let row = 0, to = 0; row < rows; row += 1) {
    const start = reflect(row, height) * width;
    for (let column = 0; column < columns; column += 1) {
      const from = 3 * (start + reflect(column, width));
      for (let channel = 0; channel < 3; channel += 1) padded[to++] = pixels[from + channel];
    }
  }
  return { pixels: padded, height: rows, width: columns };
}

/** Return the upper left part of a picture. */
export function cropPicture(picture, height, width) {
  const pixels = new Float32Array(height * width * 3);
  for (let row = 0; row < height; row += 1) {
    const start = 3 * row * picture.width;
    pixels.set(picture.pixels.subarray(start, start + 3 * width), 3 * row * width);
  }
  return { pixels, height, width };
}

// The place in a row of `side` pixels that stands at `place` when the row is followed by its mirror image, and so on.
function reflect(place, side) {
  const inPeriod = place % (2 * side);
  return inPeriod < side ? inPeriod : 2 * side - 1 - inPeriod;
}
