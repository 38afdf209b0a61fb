// The demo desk: choose a written consultation and watch it as if it were going on.
import { get, post } from "/static/server/api.js";
import { badge, button, h, one } from "/static/server/element.js";
import { length } from "/static/server/format.js";
import { CHANNELS } from "./vocabulary.js";

/** Speed for the server (0: all at once), its name, and the look of its button. */
const SPEEDS = [[1, "실시간", "tertiary"], [4, "4배속", "primary"], [0, "빠르게", "tertiary"]];

const list = one("#samples");
const error = one("#demo-error");

function failed({ message }) {
  error.textContent = message;
  error.hidden = false;
}

async function play(sample, speed, button, aloud = false) {
  button.disabled = true;
  error.hidden = true;
  try {
    const { id } = await post("/api/demo/play", { consultation_id: sample.id, speed, aloud });
    const sound = aloud ? `&sound=${encodeURIComponent(sample.id)}` : "";
    location.assign(`/desk?call=${encodeURIComponent(id)}${sound}`);
  } catch (failure) {
    button.disabled = false;
    failed(failure);
  }
}

function card(sample) {
  const start = ([speed, name, kind]) => {
    const made = button(name, kind, () => play(sample, speed, made), { class: `krds-btn small ${kind}`, "aria-label": `${name}: ${sample.title} 재생` });
    return made;
  };
  const aloud = () => {
    const made = button("소리로", "secondary", () => play(sample, 1, made, true), {
      class: "krds-btn small secondary",
      "aria-label": `소리로: ${sample.title} 재생`,
    });
    return made;
  };
  return h(
    "li",
    { class: "sample" },
    h("h3", {}, sample.title),
    h("div", { class: "tags" }, sample.tags.map((tag) => badge("gray", tag))),
    h("p", {}, sample.summary),
    h("span", { class: "small-text" }, `${CHANNELS[sample.channel] ?? sample.channel} · ${sample.turns}발화 · ${length(sample.seconds)}`),
    h("div", { class: "plays" }, SPEEDS.map(start), sample.has_sound ? aloud() : null),
  );
}

try {
  const { consultations } = await get("/api/demo/consultations");
  list.replaceChildren(...consultations.map(card));
  if (!consultations.length) list.replaceWith(h("p", { class: "empty" }, "체험 상담이 없습니다."));
} catch (failure) {
  failed(failure);
}
list.removeAttribute("aria-busy");
