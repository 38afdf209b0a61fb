// Building pages from data. Text only ever becomes text, so no citizen's words can become markup.

/** An element. `props`: `on` holds listeners, `data` data-attributes; true is an empty attribute, false and null none. */
export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name === "value") made.value = value;
    else if (name === "class") made.className = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return made;
}

export const one = (selector, within = document) => within.querySelector(selector);

/** A KRDS badge; tone is gray, primary, danger, warning, success, information or point. */
export const badge = (tone, ...text) => h("span", { class: `krds-badge bg-light-${tone}` }, ...text);

export const button = (label, kind, click, props = {}) =>
  h("button", { type: "button", class: `krds-btn xsmall ${kind}`, on: { click }, ...props }, label);

/** A select's options: texts, or [value, label] pairs. */
export const options = (choices, chosen) =>
  choices.map((choice) => {
    const [value, label] = Array.isArray(choice) ? choice : [choice, choice];
    return h("option", { value, selected: String(value) === String(chosen ?? "") }, label);
  });
