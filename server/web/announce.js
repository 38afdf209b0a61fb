// The page's one polite live region. It speaks of new suggestions, alerts and outcomes, never of streaming text.

const region = document.getElementById("announcer");
let waiting;

export function announce(text) {
  // Emptied first, so that the same sentence twice is spoken twice.
  region.textContent = "";
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    region.textContent = text;
  }, 80);
}
