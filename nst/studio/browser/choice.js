// Thumbnails as buttons: a click chooses a picture, another click gives it up where several can be chosen.

function render({ model, el }) {
  const group = document.createElement("div");
  group.className = "nst-choice";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", model.get("label"));
  const buttons = new Map();

  function choose(key) {
    const chosen = model.get("chosen");
    if (model.get("most") === 1) {
      model.set("chosen", [key]);
    } else if (chosen.includes(key)) {
      model.set("chosen", chosen.filter((other) => other !== key));
    } else if (chosen.length < model.get("most")) {
      model.set("chosen", [...chosen, key]);
    }
    model.save_changes();
  }

  function makeButton(picture) {
    const button = document.createElement("button");
    button.type = "button";
    const image = document.createElement("img");
    image.src = picture.thumbnail;
    image.alt = "";
    const title = document.createElement("span");
    title.textContent = picture.title;
    button.append(image, title);
    button.addEventListener("click", () => choose(picture.key));
    return button;
  }

  function showPictures() {
    buttons.clear();
    for (const picture of model.get("pictures")) buttons.set(picture.key, makeButton(picture));
    group.replaceChildren(...buttons.values());
    showChosen();
  }

  function showChosen() {
    const chosen = model.get("chosen");
    const full = model.get("most") > 1 && chosen.length >= model.get("most");
    for (const [key, button] of buttons) {
      const pressed = chosen.includes(key);
      button.setAttribute("aria-pressed", pressed);
      button.setAttribute("aria-disabled", full && !pressed);
    }
  }

  model.on("change:pictures", showPictures);
  model.on("change:chosen", showChosen);
  showPictures();
  el.append(group);
}

export default { render };
