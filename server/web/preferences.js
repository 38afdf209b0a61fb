// Text size and contrast, applied before the first paint: the page must not flash in another look.
(() => {
  const read = (name) => {
    try {
      return localStorage.getItem(`sangdam.${name}`);
    } catch {
      return null; // storage may be forbidden; the defaults hold
    }
  };
  const root = document.documentElement;
  root.dataset.textSize = read("text-size") ?? "medium";
  if (read("contrast") === "high") root.dataset.krdsMode = "high-contrast";
})();
