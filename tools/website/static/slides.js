// The arrow keys turn the slides. Without this script, one scrolls.
const slides = [document.body, ...document.querySelectorAll("main section section")];
const STEPS = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const shown = slides.findLastIndex((slide) => slide.getBoundingClientRect().top < innerHeight / 2);
  slides[Math.min(Math.max(shown + step, 0), slides.length - 1)].scrollIntoView();
});
