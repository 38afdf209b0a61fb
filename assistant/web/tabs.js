// The tabs of the right column, by click and by arrow key.
import { one } from "/static/server/element.js";

/** Returns `tab(name)`, which brings a panel to the front; the focus stays where it is. */
export function tablist() {
  const tabs = [...document.querySelectorAll('[role="tab"]')];

  function tab(name, focus = false) {
    for (const made of tabs) {
      const chosen = made.id === `tab-${name}`;
      made.setAttribute("aria-selected", String(chosen));
      made.tabIndex = chosen ? 0 : -1;
      one(`#${made.getAttribute("aria-controls")}`).hidden = !chosen;
      if (chosen && focus) made.focus();
    }
  }

  for (const made of tabs) {
    made.addEventListener("click", () => tab(made.id.slice(4)));
    made.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") tab(tabs.find((other) => other !== made).id.slice(4), true);
    });
  }
  return (name) => tab(name);
}
