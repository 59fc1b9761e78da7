// What this page needs of a browser, in words where it is missing.

// The smallest WebAssembly module with an instruction of SIMD: a function that returns a vector of zeros.
const MODULE_WITH_SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0], // "\0asm", version 1
  ...[1, 5, 1, 96, 0, 1, 123], // a type of functions: nothing -> v128
  ...[3, 2, 1, 0], // one function of this type
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11], // its code: i32.const 0, i8x16.splat, end
);

/** Return a sentence on what the browser lacks for painting, or null. */
export function findMissingSupport() {
  if (typeof WebAssembly !== "object") {
    return "This browser has no WebAssembly, or it is switched off (some browsers do so in their strictest mode). " +
      "Switch it on, or open this page in a current Firefox, Chrome, Edge or Safari.";
  }
  if (!WebAssembly.validate(MODULE_WITH_SIMD)) {
    return "This browser's WebAssembly is too old: it has no SIMD instructions. " +
      "Update the browser, or open this page in a current Firefox, Chrome, Edge or Safari.";
  }
  return null;
}

/** Return a sentence on why there is no camera for this page, or null. */
export function findMissingCamera() {
  if (navigator.mediaDevices?.getUserMedia) return null;
  return isSecureContext
    ? "This browser gives pages no camera. Choose a file instead."
    : "Browsers allow a camera only on pages with an https address. Choose a file instead.";
}

const CAMERA_ERRORS = {
  NotAllowedError: "The browser did not allow the camera. Allow it in the settings of this page, or choose a file.",
  NotFoundError: "No camera was found. Connect one, or choose a file.",
  NotReadableError: "The camera is used by another program. Close that program, or choose a file.",
};

/** Return a sentence on why the camera could not be opened. error: what getUserMedia rejects with. */
export function describeCameraError(error) {
  return CAMERA_ERRORS[error.name] ?? `The camera could not be opened (${error.name}). Choose a file instead.`;
}
