// Danger heard in a call, at the top of the right column: the numbers to give come first.
import { badge, button, h } from "/static/server/element.js";

/** `point(turn)` shows the turn that raised the alert. */
export function alertCard({ urgency, turn, title, lines }, point) {
  const numbers = h("ul", {}, lines.map((line) => h("li", {}, line)));
  const fold = button("접기", "tertiary", () => {
    numbers.hidden = !numbers.hidden;
    fold.setAttribute("aria-expanded", String(!numbers.hidden));
    fold.textContent = numbers.hidden ? "펼치기" : "접기";
  });
  fold.setAttribute("aria-expanded", "true");
  return h(
    "section",
    { class: "alert", "aria-label": title, data: { urgency } },
    h(
      "div",
      { class: "alert-head" },
      badge("danger", "위기 신호"),
      h("h3", {}, title),
      h("span", { class: "card-buttons" }, button(`발화 #${turn + 1}`, "tertiary", () => point(turn)), fold),
    ),
    numbers,
  );
}
