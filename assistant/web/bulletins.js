// The bulletins on the agent's screen: a strip with an unread badge; one click marks one read. What ends is gone at its end time.
import { announce } from "/static/server/announce.js";
import { get, post } from "/static/server/api.js";
import { badge, button, h } from "/static/server/element.js";
import { moment } from "/static/server/format.js";

const EVERY = 20_000; // milliseconds between looks; a published bulletin is here within a minute

/** Fills `root`; `failed(error)` shows an error. */
export function bulletins({ root, failed }) {
  const badgePlace = h("span", { class: "bulletins-unread" });
  const list = h("ul", { class: "bulletins-list" });
  const box = h("details", {}, h("summary", {}, "특별상담자료 ", badgePlace), list);
  root.append(box);
  let known = new Set();
  let shown = "";
  let ending;

  async function read(bulletin) {
    try {
      await post(`/api/knowledge/bulletins/${bulletin.number}/read`);
      announce("읽음으로 표시했습니다.");
      await look();
    } catch (error) {
      failed(error);
    }
  }

  function item(bulletin) {
    return h(
      "li",
      { class: bulletin.read ? "" : "unread" },
      h("p", { class: "bulletin-title" }, bulletin.is_urgent && badge("danger", "긴급"), bulletin.district && badge("primary", bulletin.district), h("strong", {}, bulletin.title)),
      h("p", { class: "bulletin-text" }, bulletin.text),
      h("p", { class: "small-text" }, `${moment(bulletin.ends_at)}까지${bulletin.phone ? ` · ☎ ${bulletin.phone}` : ""}`),
      bulletin.read ? h("span", { class: "small-text" }, "읽음") : button("읽음", "secondary", () => read(bulletin), { "aria-label": `읽음: ${bulletin.title}` }),
    );
  }

  function show({ now, unread, bulletins: valid }) {
    clearTimeout(ending);
    const next = Math.min(...valid.map((one) => Date.parse(one.ends_at) - Date.parse(now)));
    if (Number.isFinite(next)) ending = setTimeout(look, Math.min(next + 200, EVERY));
    const seen = JSON.stringify(valid);
    if (seen === shown) return;
    shown = seen;
    root.hidden = !valid.length;
    badgePlace.replaceChildren(unread ? badge("danger", `안 읽음 ${unread}`) : badge("gray", `${valid.length}건`));
    list.replaceChildren(...valid.map(item));
    const fresh = valid.filter((one) => !one.read && !known.has(one.number));
    known = new Set(valid.map((one) => one.number));
    if (!fresh.length) return;
    announce(`새 특별상담자료 ${fresh.length}건: ${fresh[0].title}`);
    if (fresh.some((one) => one.is_urgent)) box.open = true;
  }

  async function look() {
    try {
      show(await get("/api/knowledge/bulletins/current"));
    } catch (error) {
      if (error.status === undefined) throw error; // a call must not be disturbed because this could not be read
    }
  }

  setInterval(() => document.hidden || look(), EVERY);
  document.addEventListener("visibilitychange", () => document.hidden || look());
  look();
}
