// Questions that need an answer before anything happens. A native modal: focus stays inside, Esc says no.
import { button, h } from "/static/server/element.js";

/**
 * Ask for a decision. Resolves to false when refused, else to the values of the named fields in `body`.
 * `tone` danger colours the yes button; the no button has the focus, so that Enter never does harm.
 */
export function ask({ title, body = [], yes = "확인", no = "취소", tone = "primary" }) {
  return new Promise((resolve) => {
    const fields = [body].flat();
    const refuse = button(no, "tertiary", () => dialog.close(), { class: "krds-btn small tertiary" });
    const form = h(
      "form",
      { method: "dialog", class: "dialog-form" },
      h("h2", { id: "dialog-title" }, title),
      h("div", { class: "dialog-body" }, fields),
      h("div", { class: "dialog-buttons" }, refuse, h("button", { type: "submit", value: "yes", class: `krds-btn small primary ${tone}` }, yes)),
    );
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      dialog.close("yes");
    });
    dialog.addEventListener("close", () => {
      const answer = dialog.returnValue === "yes" ? Object.fromEntries(new FormData(form)) : false;
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    (form.querySelector("input:not([type=hidden]), select, textarea") ?? refuse).focus();
  });
}

/** Tell something that must be read: one button. */
export const tell = ({ title, body, yes = "닫기" }) =>
  new Promise((resolve) => {
    const close = h("button", { type: "submit", class: "krds-btn small primary" }, yes);
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-labelledby": "dialog-title", on: { close: () => (dialog.remove(), resolve()) } },
      h("form", { method: "dialog", class: "dialog-form" }, h("h2", { id: "dialog-title" }, title), h("div", { class: "dialog-body" }, body), h("div", { class: "dialog-buttons" }, close)),
    );
    document.body.append(dialog);
    dialog.showModal();
    close.focus();
  });
