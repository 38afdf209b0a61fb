// Confirmation rounds: open one, and see how each went.
import { get, post } from "/static/server/api.js";
import { badge, h, one } from "/static/server/element.js";
import { count, progress, speaker } from "./board_words.js";

const say = speaker("#rounds-message");

const now = new Date();
one("#title").value = `${now.getFullYear()}년 ${Math.floor(now.getMonth() / 3) + 1}분기 상담DB 확인`;
one("#due").value = new Date(now.getTime() + 14 * 86_400_000).toISOString().slice(0, 10);

function line({ round, whole, is_running: runs }) {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("a", { href: `/knowledge/rounds/${round.number}` }, round.title)),
    h("td", {}, round.due_on),
    h("td", {}, runs ? badge("primary", "진행 중") : badge("gray", "마감")),
    h("td", {}, progress(whole.confirmed + whole.corrected, whole.asked, `${round.title} 처리한 항목`)),
    h("td", {}, `${whole.share}%`),
    h("td", {}, String(whole.score)),
  );
}

async function show() {
  const { rounds } = await get("/api/knowledge/rounds");
  one("#rounds").replaceChildren(...(rounds.length ? rounds.map(line) : [h("tr", {}, h("td", { colspan: "6" }, "아직 연 회차가 없습니다."))]));
  one("#definition").textContent = rounds[0]?.definition ?? "";
}

one("#open").addEventListener("submit", async (event) => {
  event.preventDefault();
  const organisations = [...document.querySelectorAll('input[name="organisation"]:checked')].map((box) => box.value);
  try {
    const { number } = await post("/api/knowledge/rounds", { title: one("#title").value.trim(), due_on: one("#due").value, organisations, confirmed_before: one("#before").value || null });
    location.assign(`/knowledge/rounds/${number}`);
  } catch (error) {
    say(error.message, "danger");
  }
});

try {
  await show();
  const { organisations } = await get("/api/knowledge/entries");
  one("#organisations").replaceChildren(...organisations.map((name) => h("label", { class: "choice" }, h("input", { type: "checkbox", name: "organisation", value: name }), name)));
  one(".organisations summary").append(` — ${count(organisations.length)}곳`);
} catch (error) {
  say(error.message, "danger");
}
