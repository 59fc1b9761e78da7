// Between files, camera and canvases on one side and pictures as numbers on the other.
import { fitSize, fromImageData, toImageData } from "./pixels.js";

const LARGEST = 1024; // pixels on the longest side of what is kept of a file

/** Decode a picture file; large ones are scaled down at once. Rejects if the browser cannot read it. */
export async function decodeFile(file) {
  const bitmap = await createImageBitmap(file);
  if (Math.max(bitmap.height, bitmap.width) <= LARGEST) return bitmap;
  const [resizeHeight, resizeWidth] = fitSize(bitmap.height, bitmap.width, LARGEST);
  const smaller = await createImageBitmap(bitmap, { resizeHeight, resizeWidth, resizeQuality: "high" });
  bitmap.close();
  return smaller;
}

/** Return [height, width] of an ImageBitmap or a video. */
export function sizeOf(source) {
  return [source.videoHeight ?? source.height, source.videoWidth ?? source.width];
}

/** Draw an ImageBitmap or a video onto a canvas, `longest` pixels on its longest side, on white. */
export function drawSource(canvas, source, longest) {
  [canvas.height, canvas.width] = fitSize(...sizeOf(source), longest);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Return what a canvas shows as a picture. */
export function readCanvas(canvas) {
  return fromImageData(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height));
}

/** Show a picture on a canvas. */
export function drawPicture(canvas, picture) {
  [canvas.height, canvas.width] = [picture.height, picture.width];
  canvas.getContext("2d").putImageData(toImageData(picture), 0, 0);
}
