// Typing turns by hand, for a rehearsal without a telephone.
import { post } from "/static/server/api.js";
import { one } from "/static/server/element.js";

/** `call()` is the open call's id or null, `next()` the next turn's index, `seconds()` how long the call has lasted. */
export function composer({ call, next, seconds, failed }) {
  const place = one("#composer");
  const form = one("#composer-form");
  const typed = one("#composer-text");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = typed.value.trim();
    if (!text || !call()) return;
    const now = Math.round(seconds() * 10) / 10;
    typed.value = "";
    try {
      await post(`/api/calls/${call()}/turns`, { index: next(), speaker: form.elements.speaker.value, start: Math.max(0, now - 1), end: now, text });
    } catch (error) {
      typed.value = text;
      failed(error);
    }
    typed.focus();
  });
  typed.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  return {
    show(live) {
      place.hidden = !live;
    },
    open() {
      place.open = true;
      typed.focus();
    },
  };
}
