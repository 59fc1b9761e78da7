// Outlines drawn over a photograph with a mouse, a pen or a finger. Points are fractions of its width and height.

const SVG = "http://www.w3.org/2000/svg";
const NEAR = 0.004; // of the photograph: points that are nearer to the last one are left out
const MOST_POINTS = 1500;

function render({ model, el }) {
  const frame = document.createElement("div");
  frame.className = "nst-regions";
  const photograph = document.createElement("img");
  photograph.alt = "The photograph. Draw an outline on it, or choose a place below.";
  photograph.draggable = false;
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 1 1");
  drawing.setAttribute("preserveAspectRatio", "none");
  drawing.setAttribute("aria-hidden", "true");
  frame.append(photograph, drawing);
  let outline = null;

  function makePolygon(points, number) {
    const polygon = document.createElementNS(SVG, "polygon");
    polygon.setAttribute("points", points.map((point) => point.join(",")).join(" "));
    polygon.setAttribute("class", `region-${number}`);
    return polygon;
  }

  function showRegions() {
    const polygons = model
      .get("regions")
      .flatMap((region, number) => region.map((points) => makePolygon(points, number)));
    if (outline) polygons.push(makePolygon(outline, model.get("active")));
    drawing.replaceChildren(...polygons);
  }

  function showPhotograph() {
    frame.hidden = !model.get("photograph");
    if (!frame.hidden) photograph.src = model.get("photograph");
  }

  function place(event) {
    const box = drawing.getBoundingClientRect();
    const fraction = (value, start, length) =>
      Math.round(1e4 * Math.min(1, Math.max(0, (value - start) / length))) / 1e4;
    return [fraction(event.clientX, box.left, box.width), fraction(event.clientY, box.top, box.height)];
  }

  drawing.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    drawing.setPointerCapture(event.pointerId);
    outline = [place(event)];
  });
  drawing.addEventListener("pointermove", (event) => {
    if (!outline || outline.length >= MOST_POINTS) return;
    const [x, y] = place(event);
    const [lastX, lastY] = outline[outline.length - 1];
    if (Math.hypot(x - lastX, y - lastY) < NEAR) return;
    outline.push([x, y]);
    showRegions();
  });
  drawing.addEventListener("pointerup", () => {
    if (!outline) return;
    const points = outline;
    outline = null;
    if (points.length > 2) {
      const active = model.get("active");
      const regions = model.get("regions").map((region) => [...region]);
      while (regions.length <= active) regions.push([]);
      regions[active].push(points);
      model.set("regions", regions);
      model.save_changes();
    }
    showRegions();
  });
  drawing.addEventListener("pointercancel", () => {
    outline = null;
    showRegions();
  });

  model.on("change:regions", showRegions);
  model.on("change:photograph", showPhotograph);
  showPhotograph();
  showRegions();
  el.append(frame);
}

export default { render };
