// A turn's text as nodes: masked personal data as chips, covered abuse as buttons, the rest as text.
import { h } from "/static/server/element.js";

const PART = /(▇+)|\[([가-힣·]{2,14})\]/g;

/** Does the text hold masked personal data? */
export const isMasked = (text) => [...text.matchAll(PART)].some(([, , kind]) => kind);

/** `uncover` is called when somebody asks to see a covered word; without it the cover stays. */
export function words(text, uncover) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(PART)) {
    nodes.push(text.slice(from, found.index));
    from = found.index + found[0].length;
    if (found[2]) {
      nodes.push(h("span", { class: "masked" }, h("span", { class: "sr-only" }, "가려진 개인정보 "), found[2]));
    } else if (uncover) {
      nodes.push(
        h("button", { type: "button", class: "covered", title: "열람 기록이 남습니다", on: { click: uncover } }, "▇ (클릭하여 보기)"),
      );
    } else {
      nodes.push(h("span", { class: "covered" }, "▇"));
    }
  }
  nodes.push(text.slice(from));
  return nodes;
}

/** The uncovered text, with what had been covered underlined. `spans` are [start, end) in code points, as Python counts. */
export function uncovered(text, spans) {
  const characters = Array.from(text);
  const cut = (start, end) => characters.slice(start, end).join("");
  const nodes = [];
  let from = 0;
  for (const [start, end] of spans) {
    nodes.push(cut(from, start), h("span", { class: "uncovered" }, cut(start, end)));
    from = end;
  }
  nodes.push(cut(from));
  return nodes;
}
