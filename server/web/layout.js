// What every page's header can do: text size, contrast, and closing its panel.
import { keep } from "/static/server/keep.js";

const root = document.documentElement;

for (const choice of document.querySelectorAll('input[name="text-size"]')) {
  choice.checked = choice.value === root.dataset.textSize;
  choice.addEventListener("change", () => {
    root.dataset.textSize = choice.value;
    keep("text-size", choice.value);
  });
}

const contrast = document.getElementById("high-contrast");
contrast.checked = root.dataset.krdsMode === "high-contrast";
contrast.addEventListener("change", () => {
  if (contrast.checked) root.dataset.krdsMode = "high-contrast";
  else delete root.dataset.krdsMode;
  keep("contrast", contrast.checked ? "high" : "normal");
});

const settings = document.querySelector(".view-settings");
document.addEventListener("click", (event) => {
  if (!settings.contains(event.target)) settings.open = false;
});
settings.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !settings.open) return;
  settings.open = false;
  settings.querySelector("summary").focus();
});
