// A file is announced with its name and size, and sent in parts: each when the kernel asks for it. So a file that is too
// large is refused before any of it is sent.

function render({ model, el }) {
  const label = document.createElement("label");
  label.className = "nst-upload";
  const words = document.createElement("span");
  words.textContent = model.get("label");
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/*,.heic,.heif";
  label.append(words, input);
  const message = document.createElement("div");
  message.className = "nst-message";
  message.setAttribute("role", "status");
  let file = null;

  function showMessage() {
    message.textContent = model.get("message");
    message.classList.toggle("refused", model.get("refused"));
  }

  input.addEventListener("change", () => {
    file = input.files[0] ?? null;
    if (file) model.send({ kind: "begin", name: file.name, size: file.size });
    input.value = ""; // so that the same file can be chosen again
  });

  async function sendPart({ kind, start, stop }) {
    if (kind !== "next" || !file) return;
    model.send({ kind: "part" }, undefined, [await file.slice(start, stop).arrayBuffer()]);
  }

  model.on("msg:custom", sendPart);
  model.on("change:message", showMessage);
  model.on("change:refused", showMessage);
  showMessage();
  el.append(label, message);
}

export default { render };
