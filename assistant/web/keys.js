// Single-key shortcuts, which can be switched off (KWCAG 2.2, 문자 단축키) and never act while somebody types.
import { keep, kept } from "/static/server/keep.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

/** `actions`: physical key (KeyboardEvent.code) to a function. Physical, because with Hangul on, E types ㄷ. */
export function shortcuts(toggle, list, actions) {
  toggle.checked = kept("shortcuts") !== "off";
  const show = () => list.classList.toggle("off", !toggle.checked);
  show();
  toggle.addEventListener("change", () => {
    keep("shortcuts", toggle.checked ? "on" : "off");
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing || event.repeat) return;
    if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    const action = actions[event.code.replace("Numpad", "Digit")];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
