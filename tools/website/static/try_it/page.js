// The page 'Try it': what is chosen is painted, again after each change once the networks are loaded.
import { Camera } from "./camera.js";
import { Choices } from "./choices.js";
import { decodeFile, drawPicture, drawSource, readCanvas } from "./drawing.js";
import { countBytes } from "./engine.js";
import { Painter } from "./painter.js";
import { describeCameraError, findMissingCamera, findMissingSupport } from "./support.js";

const part = (id) => document.getElementById(id);
const NO_ENGINE =
  "This copy of the website was built without the program that paints, because npm was missing or had no network. " +
  "Install Node.js with npm, connect to the internet and run make site again.";
const MINUTE = 60_000; // milliseconds
const PROVIDERS = { webgpu: "with WebGPU", wasm: "with WebAssembly" };

const camera = new Camera(part("video"));
const groups = {
  photographs: new Choices(part("photographs"), {
    onChange: () => (camera.isOpen ? closeCamera() : paintAgain()),
    onProblem: showProblem,
  }),
  paintings: new Choices(part("paintings"), { onChange: paintAgain, onProblem: showProblem }),
};
const measured = { painting: null, size: 0, statistics: null }; // of the last painting
let files = null; // what files.json says
let painter = null; // a Painter whose networks are loaded
let provider = "";
let isPainting = false;
let isOutdated = false; // whether something changed while a picture was painted

start();

async function start() {
  part("camera").addEventListener("click", () => (camera.isOpen ? closeCamera() : openCamera()));
  part("keep").addEventListener("click", keepFrame);
  part("alpha").addEventListener("input", () => {
    part("alpha-shown").textContent = `${part("alpha").value} %`;
    paintAgain();
  });
  part("size").addEventListener("change", paintAgain);
  part("download").addEventListener("click", download);
  part("try-it").addEventListener("submit", (event) => {
    event.preventDefault();
    paint();
  });
  try {
    files = await (await fetch(new URL("files.json", import.meta.url))).json();
    const bitmaps = await Promise.all(files.pictures.map(({ file }) => loadPicture(file)));
    for (const [number, { group, title, chosen }] of files.pictures.entries()) {
      groups[group].add(title, bitmaps[number], chosen);
    }
  } catch (error) {
    return showProblem(`The files of this page could not be loaded. Load the page again. (${error.message})`);
  }
  const missing = files.sizes ? findMissingSupport() : NO_ENGINE;
  if (missing) return showProblem(missing);
  const missingCamera = findMissingCamera();
  part("camera").disabled = missingCamera !== null;
  part("camera-note").textContent = missingCamera ?? "";
  part("paint").disabled = false;
  const size = megabytes(countBytes(files.sizes, "wasm"));
  return showStatus(`Choose a photograph and a painting, then press Paint. The first time, about ${size} MB are loaded.`);
}

async function loadPicture(file) {
  const response = await fetch(new URL(file, import.meta.url));
  return decodeFile(await response.blob());
}

function paintAgain() {
  if (painter) paint();
}

async function paint() {
  isOutdated = true;
  if (isPainting) return;
  isPainting = true;
  showProblem("");
  try {
    painter ??= await loadPainter();
    while (isOutdated || camera.isOpen) {
      isOutdated = false;
      await paintOnce();
      if (camera.isOpen) await new Promise(requestAnimationFrame); // which waits while the page is hidden
    }
  } catch (error) {
    showStatus("");
    showProblem(`The picture could not be painted: ${error.message}`);
  } finally {
    isPainting = false;
  }
}

async function loadPainter() {
  showStatus("Loading the networks.");
  part("loading").hidden = false;
  const painter = new Painter((loaded, total) => {
    part("progress").value = loaded / total;
    part("progress-shown").textContent = `${megabytes(loaded)} of ${megabytes(total)} MB`;
  });
  try {
    provider = await painter.load(files.sizes);
    return painter;
  } catch (error) {
    painter.close();
    throw error;
  } finally {
    part("loading").hidden = true;
  }
}

async function paintOnce() {
  const started = performance.now();
  const isLive = camera.isOpen;
  const size = Number(part("size").value);
  if (!isLive) showStatus("Painting.");
  const content = readCanvas(drawSource(part("content"), isLive ? camera.video : groups.photographs.chosen, size));
  const statistics = await measureStyle(groups.paintings.chosen, size);
  const picture = await painter.paint(content, statistics, part("alpha").value / 100);
  drawPicture(part("picture"), picture);
  part("results").hidden = false;
  const seconds = (performance.now() - started) / 1000;
  part("rate").textContent = isLive ? `${(1 / seconds).toFixed(1)} pictures per second` : "";
  if (isLive) return;
  const { width, height } = picture;
  showStatus(`Painted ${width} × ${height} pixels in ${seconds.toFixed(1)} s ${PROVIDERS[provider]}.`);
}

async function measureStyle(painting, size) {
  if (measured.painting !== painting || measured.size !== size) {
    const picture = readCanvas(drawSource(document.createElement("canvas"), painting, size));
    Object.assign(measured, { statistics: await painter.measureStyle(picture), painting, size });
  }
  return measured.statistics;
}

async function openCamera() {
  showProblem("");
  try {
    await camera.open(closeCamera);
  } catch (error) {
    camera.close();
    return showProblem(describeCameraError(error));
  }
  showCamera();
  return painter
    ? paint()
    : showStatus("The camera is on. Press Paint: its pictures are painted one after the other.");
}

function closeCamera() {
  camera.close();
  showCamera();
  paintAgain();
}

function showCamera() {
  part("camera").textContent = camera.isOpen ? "Stop the camera" : "Use the camera";
  part("live").hidden = !camera.isOpen;
}

async function keepFrame() {
  groups.photographs.add("From the camera", await camera.takePicture(), true); // which closes the camera
}

async function download() {
  const blob = await new Promise((resolve) => part("picture").toBlob(resolve, "image/png"));
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: "painted.png" });
  link.click();
  setTimeout(URL.revokeObjectURL, MINUTE, link.href);
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}

function showStatus(text) {
  part("status").textContent = text;
}

function showProblem(text) {
  part("problem").textContent = text;
  part("problem").hidden = text === "";
  if (text) part("status").textContent = "";
}
