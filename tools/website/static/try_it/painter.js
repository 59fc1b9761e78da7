// The page's side of the worker: each method returns a promise of the worker's answer.

export class Painter {
  /** onProgress: called with the bytes that are loaded and those to load. */
  constructor(onProgress) {
    this.asked = 0;
    this.waiting = new Map(); // {number of the question: how to answer it}
    this.onProgress = onProgress;
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (event) => this.fail(event.message || "the worker that paints could not be started.");
  }

  /** Load the networks; sizes: {file: bytes}. The answer is "webgpu" or "wasm". */
  load(sizes) {
    return this.ask("load", sizes);
  }

  /** The statistics of a style picture. */
  measureStyle(picture) {
    return this.ask("measureStyle", picture);
  }

  /** The content picture, painted; alpha: how much of the style, from 0 to 1. */
  paint(picture, statistics, alpha) {
    return this.ask("paint", { picture, statistics, alpha });
  }

  close() {
    this.worker.terminate();
  }

  ask(task, argument) {
    const id = this.asked++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, task, argument });
    });
  }

  receive({ id, result, error, loaded, total }) {
    if (id === undefined) return this.onProgress(loaded, total);
    const { resolve, reject } = this.waiting.get(id);
    this.waiting.delete(id);
    return error === undefined ? resolve(result) : reject(new Error(error));
  }

  fail(message) {
    for (const { reject } of this.waiting.values()) reject(new Error(message));
    this.waiting.clear();
  }
}
