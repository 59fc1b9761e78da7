// The worker that paints, so that the page goes on answering. It does one task after the other.
import { loadEngine } from "./engine.js";
import { cropPicture, padPicture } from "./pixels.js";

let engine = null;
let last = Promise.resolve();

const TASKS = {
  async load(sizes) {
    engine = await loadEngine(sizes, (loaded, total) => postMessage({ loaded, total }));
    return engine.provider;
  },

  async measureStyle(picture) {
    return engine.run("style", { style: toInput(padPicture(picture)) });
  },

  async paint({ picture, statistics, alpha }) {
    const padded = padPicture(picture);
    const pixels = await engine.run("paint", {
      content: toInput(padded),
      statistics: [statistics, [2, statistics.length / 2]],
      alpha: [Float32Array.of(alpha), []],
    });
    return cropPicture({ ...padded, pixels }, picture.height, picture.width);
  },
};

function toInput({ pixels, height, width }) {
  return [pixels, [1, height, width, 3]];
}

onmessage = ({ data: { id, task, argument } }) => {
  last = last
    .then(() => TASKS[task](argument))
    .then((result) => postMessage({ id, result }))
    .catch((error) => postMessage({ id, error: String(error?.message ?? error) }));
};
