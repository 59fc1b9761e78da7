// A group of pictures to choose from, as radio buttons with thumbnails. A file of the visitor's becomes one more.
import { decodeFile, drawSource } from "./drawing.js";

const THUMBNAIL = 160; // pixels

export class Choices {
  /** fieldset: has an element of class "choices" and an input for files. onChange: called after each choice. */
  constructor(fieldset, { onChange, onProblem }) {
    this.list = fieldset.querySelector(".choices");
    this.name = fieldset.id;
    this.chosen = null; // an ImageBitmap
    this.onChange = onChange;
    this.onProblem = onProblem;
    const input = fieldset.querySelector("input[type=file]");
    input.addEventListener("change", () => this.addFile(input));
  }

  /** Add a picture to choose. */
  add(title, bitmap, isChosen) {
    const button = Object.assign(document.createElement("input"), { type: "radio", name: this.name });
    const thumbnail = drawSource(document.createElement("canvas"), bitmap, THUMBNAIL);
    thumbnail.setAttribute("aria-hidden", "true"); // the title says the same
    const caption = Object.assign(document.createElement("span"), { textContent: title });
    const label = Object.assign(document.createElement("label"), { className: "choice" });
    label.append(button, thumbnail, caption);
    this.list.append(label);
    button.addEventListener("change", () => this.choose(bitmap));
    if (!isChosen) return;
    button.checked = true;
    this.choose(bitmap);
  }

  choose(bitmap) {
    this.chosen = bitmap;
    this.onChange();
  }

  async addFile(input) {
    const [file] = input.files;
    input.value = ""; // so that the same file can be chosen again
    if (!file) return;
    try {
      this.add(file.name, await decodeFile(file), true);
    } catch {
      this.onProblem(
        `${file.name} is not a picture that this browser can read. Choose a JPEG, PNG or WebP file.`,
      );
    }
  }
}
