// A slider on a logarithmic scale: the browser's own, which has a name, keys and touch. It tells its value when let go.

const STEP = 0.05; // of the power of ten

function render({ model, el }) {
  const row = document.createElement("div");
  row.className = "nst-strength";
  const words = document.createElement("span");
  words.textContent = model.get("label");
  words.setAttribute("aria-hidden", "true");
  const input = document.createElement("input");
  Object.assign(input, { type: "range", min: model.get("low"), max: model.get("high"), step: STEP });
  input.setAttribute("aria-label", model.get("label"));
  input.dataset.lmSuppressShortcuts = "true"; // JupyterLab takes its arrow keys otherwise
  const number = document.createElement("span");
  number.setAttribute("aria-hidden", "true");

  const show = (value) => {
    number.textContent = Number(value.toPrecision(3)).toString();
    input.setAttribute("aria-valuetext", number.textContent);
  };
  const showValue = () => {
    input.value = Math.log10(model.get("value"));
    show(model.get("value"));
  };

  input.addEventListener("input", () => show(10 ** input.value));
  input.addEventListener("change", () => {
    model.set("value", Number((10 ** input.value).toPrecision(3)));
    model.save_changes();
  });
  model.on("change:value", showValue);
  showValue();
  row.append(words, input, number);
  el.append(row);
}

export default { render };
