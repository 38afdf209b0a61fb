// What differs between two texts: the words in the middle, where the beginnings and the ends agree.
import { h } from "/static/server/element.js";

const words = (text) => text.split(/(\s+)/);

/** Two lists of nodes: the earlier text with what went as <del>, the later one with what came as <ins>. */
export function changed(before, after) {
  const old = words(before);
  const now = words(after);
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const split = (list, tag) => {
    const middle = list.slice(start, list.length - end).join("");
    return [list.slice(0, start).join(""), middle && h(tag, {}, middle), list.slice(list.length - end).join("")].filter(Boolean);
  };
  return [split(old, "del"), split(now, "ins")];
}
