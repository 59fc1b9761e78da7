// Sort the table of students by a column, and show only the rows that contain a text. Without it, the table is complete.
const table = document.getElementById("students");
if (table) {
  const body = table.tBodies[0];
  const rows = () => Array.from(body.rows);
  const read = (row, column) => {
    const text = row.cells[column].textContent.trim();
    const number = parseFloat(text);
    return Number.isNaN(number) || column === 0 ? text.toLowerCase() : number;
  };
  const compare = (one, other) => {
    if (typeof one === typeof other) return one < other ? -1 : one > other ? 1 : 0;
    return typeof one === "number" ? -1 : 1; // empty cells last
  };
  Array.from(table.tHead.rows[0].cells).forEach((cell, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      const down = cell.getAttribute("aria-sort") === "ascending";
      table.querySelectorAll("[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      const sorted = rows().sort((one, other) => compare(read(one, column), read(other, column)));
      body.append(...(down ? sorted.reverse() : sorted));
    });
  });
  const filter = document.getElementById("filter");
  const count = document.getElementById("shown");
  filter.parentElement.hidden = false;
  filter.addEventListener("input", () => {
    const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows().forEach((row) => {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
    });
    count.textContent = `${rows().filter((row) => !row.hidden).length} of ${rows().length}`;
  });
}
