// The form of an entry: fields from their texts and back, faults beside the field they are about.
import { h, one, options } from "/static/server/element.js";
import { FIELDS } from "./board_words.js";

const LONG = { answer: 10, variants: 4, basis: 2 };
const DATES = ["valid_from", "valid_until", "confirmed_on"];
const HINTS = {
  variants: "한 줄에 하나씩, 시민이 묻는 말로 적습니다.",
  district: "비우면 서울시 전체입니다.",
  state: "만료로 바꾸면 게시한 뒤부터 안내하지 않습니다.",
};

const typed = (name, text) => (name === "variants" ? text.split(" | ").join("\n") : text);

/** `names` in their order; `cells` their texts; `choices` lists for selects. Returns the element and what can be asked of it. */
export function entryForm(prefix, names, cells, choices = {}) {
  const inputs = {};
  const fields = names.map((name) => {
    const id = `${prefix}-${name}`;
    const described = { "aria-describedby": `${id}-hint` };
    let input;
    if (LONG[name]) input = h("textarea", { class: "krds-input", id, name, rows: LONG[name], ...described });
    else if (choices[name]) input = h("select", { class: "krds-form-select small", id, name, ...described }, options(choices[name], cells[name]));
    else input = h("input", { class: "krds-input small", id, name, type: DATES.includes(name) ? "date" : "text", autocomplete: "off", ...described });
    input.value = typed(name, cells[name] ?? "");
    inputs[name] = input;
    return h(
      "div",
      { class: `field field-${name}` },
      h("label", { for: id }, FIELDS[name]),
      input,
      h("p", { class: "small-text hint", id: `${id}-hint` }, HINTS[name] ?? ""),
    );
  });
  const element = h("div", { class: "entry-fields" }, fields);

  const values = () =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [
        name,
        name === "variants" ? input.value.split("\n").map((line) => line.trim()).filter(Boolean).join(" | ") : input.value.trim(),
      ]),
    );
  const fill = (texts) => {
    for (const [name, input] of Object.entries(inputs)) input.value = typed(name, texts[name] ?? "");
  };
  const fault = (list = []) => {
    for (const [name, input] of Object.entries(inputs)) {
      const found = list.find(({ field }) => field === name);
      input.setAttribute("aria-invalid", found ? "true" : "false");
      const hint = one(`#${prefix}-${name}-hint`, element);
      hint.textContent = found ? found.reason : HINTS[name] ?? "";
      hint.classList.toggle("fault", Boolean(found));
    }
    if (list.length) inputs[list[0].field]?.focus();
  };
  return { element, inputs, values, fill, fault };
}

/** Three texts that met: what both started from, and what each made of it. Nothing is lost until somebody chooses. */
export function conflictPanel({ message, before, mine, theirs, join, takeTheirs, level = "h3" }) {
  const said = (texts, name) => texts?.[name] ?? "";
  const differing = Object.keys(mine).filter((name) => said(theirs, name) !== mine[name]);
  const ours = differing.filter((name) => mine[name] !== said(before, name));
  const both = ours.filter((name) => said(theirs, name) !== said(before, name));
  const note = (name) => (both.includes(name) ? "둘 다 고침" : ours.includes(name) ? "내가 고침" : "다른 사람이 고침");
  const heading = h(level, { tabindex: "-1" }, "두 글이 다릅니다");
  const panel = h(
    "section",
    { class: "conflict notice warning", "aria-label": "두 사람이 함께 고친 글" },
    heading,
    h("p", {}, message),
    h(
      "dl",
      { class: "differences" },
      differing.map((name) =>
        h(
          "div",
          {},
          h("dt", {}, FIELDS[name] ?? name, h("span", { class: "side" }, note(name))),
          h("dd", {}, h("span", { class: "side" }, "먼저 저장된 글"), said(theirs, name) || "–"),
          h("dd", {}, h("span", { class: "side" }, "내가 쓴 글"), mine[name] || "–"),
        ),
      ),
    ),
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", class: "krds-btn small primary", on: { click: () => join(Object.fromEntries(Object.keys(mine).map((name) => [name, ours.includes(name) || !theirs ? mine[name] : said(theirs, name)]))) } }, both.length ? "합치기(겹친 칸은 내 글)" : "두 글 합치기"),
      theirs && h("button", { type: "button", class: "krds-btn small secondary", on: { click: takeTheirs } }, "먼저 저장된 글만 남기기"),
    ),
  );
  return { panel, heading };
}
