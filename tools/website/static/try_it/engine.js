// ONNX Runtime and the two networks. With WebGPU where there is a graphics processor, and with WebAssembly otherwise.

const ENGINES = {
  webgpu: { module: "engine/ort.webgpu.bundle.min.mjs", binary: "engine/ort-wasm-simd-threaded.asyncify.wasm" },
  wasm: { module: "engine/ort.wasm.bundle.min.mjs", binary: "engine/ort-wasm-simd-threaded.wasm" },
};
const NETWORKS = ["networks/style.onnx", "networks/paint.onnx"];
const MOST_THREADS = 4;

/** Return how many bytes are loaded to paint with a provider. sizes: {file: bytes}. */
export function countBytes(sizes, provider) {
  return listFiles(provider).reduce((sum, name) => sum + sizes[name], 0);
}

/**
 * Load what paints; return {provider, run}.
 *
 * sizes: {file: bytes}. onProgress: called with the bytes that are loaded and those to load.
 * provider: "webgpu" or "wasm". run(name, inputs): the output of the network "style" or "paint".
 */
export async function loadEngine(sizes, onProgress) {
  if (await hasGraphicsProcessor()) {
    try {
      return await start("webgpu", sizes, onProgress);
    } catch (error) {
      console.warn("WebGPU does not work here, so WebAssembly paints.", error);
    }
  }
  return start("wasm", sizes, onProgress);
}

async function hasGraphicsProcessor() {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter) && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
}

async function start(provider, sizes, onProgress) {
  const total = countBytes(sizes, provider);
  let loaded = 0;
  const count = (bytes) => onProgress((loaded += bytes), total);
  const [binary, ...networks] = await Promise.all(listFiles(provider).map((name) => loadFile(name, count)));
  const ort = await import(`./${ENGINES[provider].module}`);
  ort.env.logLevel = "error";
  ort.env.wasm.wasmBinary = binary;
  // Threads share memory, which browsers allow only to a page whose host sends the headers for it.
  ort.env.wasm.numThreads = self.crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1;
  const sessions = {};
  for (const [number, name] of ["style", "paint"].entries()) {
    sessions[name] = await ort.InferenceSession.create(networks[number], { executionProviders: [provider] });
  }
  const run = (name, inputs) => runSession(ort, sessions[name], inputs);
  await tryOut(run);
  return { provider, run };
}

// A driver may fail only when it computes: better now, when WebAssembly can still take over.
async function tryOut(run) {
  const gray = [new Float32Array(32 * 32 * 3).fill(0.5), [1, 32, 32, 3]];
  const statistics = await run("style", { style: gray });
  const inputs = { content: gray, statistics: [statistics, [2, statistics.length / 2]], alpha: [Float32Array.of(1), []] };
  await run("paint", inputs);
}

// inputs: {name: [floats, shape]}.
async function runSession(ort, session, inputs) {
  const tensors = Object.entries(inputs).map(([name, [floats, shape]]) => [
    name,
    new ort.Tensor("float32", floats, shape),
  ]);
  const outputs = await session.run(Object.fromEntries(tensors));
  return outputs[session.outputNames[0]].data;
}

// The module itself is small, and is loaded by `import`.
function listFiles(provider) {
  return [ENGINES[provider].binary, ...NETWORKS];
}

async function loadFile(name, count) {
  const response = await fetch(new URL(name, import.meta.url)).catch(() => null);
  if (!response?.ok) {
    const reason = response ? `the server answered ${response.status}` : "there is no connection";
    throw new Error(`${name} could not be loaded: ${reason}. Press Paint to try again.`);
  }
  const counter = new TransformStream({
    transform(chunk, controller) {
      count(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
  return new Uint8Array(await new Response(response.body.pipeThrough(counter)).arrayBuffer());
}
