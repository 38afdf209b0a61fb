// One round: links, progress by organisation, reminders, closing.
import { get, post } from "/static/server/api.js";
import { ask } from "/static/server/dialog.js";
import { badge, button, h, one } from "/static/server/element.js";
import { copy, count, progress, speaker } from "./board_words.js";

const number = one("#main").dataset.round;
const path = `/api/knowledge/rounds/${number}`;
const say = speaker("#round-message");
const failed = (error) => say(error.message, "danger");

function made(links) {
  one("#made").hidden = false;
  one("#made-list").replaceChildren(
    ...links.map(({ organisation, path: way }, place) => {
      const id = `link-${place}`;
      const field = h("input", { class: "krds-input small", id, readonly: true, value: location.origin + way });
      return h("div", { class: "field link" }, h("label", { for: id }, organisation), field);
    }),
  );
  one("#made-title").focus();
}
one("#made-copy").addEventListener("click", async () => {
  const lines = [...document.querySelectorAll("#made-list .link")].map((line) => `${one("label", line).textContent}\t${one("input", line).value}`);
  say((await copy(lines.join("\n"), one("#made-list input"))) ? `${lines.length}개 주소를 복사했습니다.` : "복사할 수 없는 화면입니다. 주소를 하나씩 골라 복사해 주세요.");
});

one("#links").addEventListener("click", async () => {
  try {
    const { links } = await post(`${path}/links`);
    await show();
    if (links.length) made(links);
    else say("모든 기관에 주소가 있습니다. 다시 필요하면 기관 줄의 [새 주소]를 눌러 주세요.", "");
  } catch (error) {
    failed(error);
  }
});

async function again(request, organisation) {
  const sure = await ask({ title: `${organisation}의 주소를 새로 만들까요?`, body: h("p", {}, "전에 보낸 주소는 곧바로 쓸 수 없게 됩니다."), yes: "새 주소" });
  if (!sure) return;
  try {
    const { path: way } = await post(`/api/knowledge/requests/${request}/link`);
    await show();
    made([{ organisation, path: way }]);
  } catch (error) {
    failed(error);
  }
}

one("#close").addEventListener("click", async () => {
  const sure = await ask({ title: "이 회차를 지금 마감할까요?", body: h("p", {}, "담당자 주소를 더 쓸 수 없게 됩니다. 되돌릴 수 없습니다."), yes: "마감", tone: "danger" });
  if (!sure) return;
  try {
    await post(`${path}/close`);
    await show();
    say("회차를 마감했습니다.");
  } catch (error) {
    failed(error);
  }
});

function line(one_, runs) {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, one_.name),
    h("td", {}, progress(one_.confirmed + one_.corrected, one_.asked, `${one_.name} 처리한 항목`)),
    h("td", {}, count(one_.corrected)),
    h("td", {}, count(one_.late)),
    h("td", {}, one_.mean_days_late ? `${one_.mean_days_late}일` : "–"),
    h("td", {}, String(one_.score)),
    h(
      "td",
      {},
      runs &&
        h(
          "div",
          { class: "buttons" },
          one_.issued_at ? button("새 주소", "tertiary", () => again(one_.request, one_.name), { "aria-label": `${one_.name} 새 주소` }) : badge("warning", "주소 없음"),
          h("a", { class: "krds-btn xsmall tertiary", href: `/knowledge/requests/${one_.request}`, "aria-label": `${one_.name} 대신 입력` }, "대신 입력"),
        ),
    ),
  );
}

function reminder({ request, organisation, day, text, sent_by: sent }) {
  const id = `reminder-${request}-${day}`;
  const field = h("textarea", { class: "krds-input", id, rows: "3", readonly: true });
  field.value = text;
  const done = async () => {
    try {
      await post(`/api/knowledge/requests/${request}/reminders/${day}`);
      await show();
      say(`${organisation}에 알린 것으로 기록했습니다.`);
    } catch (error) {
      failed(error);
    }
  };
  return h(
    "div",
    { class: "reminder" },
    h("label", { for: id }, `${day} ${organisation} `, sent && badge("success", `알림 ${sent}`)),
    field,
    !sent && h("div", { class: "buttons" }, button("문구 복사", "secondary", async () => say((await copy(text, field)) ? "문구를 복사했습니다." : "문구를 골라 두었습니다. Ctrl+C를 눌러 복사해 주세요."), { "aria-label": `${organisation} 문구 복사` }), button("알렸음", "tertiary", done, { "aria-label": `${organisation}에 알렸음` })),
  );
}

async function show() {
  const { round, whole, is_running: runs, organisations, reminders, definition } = await get(path);
  one("#round-title").textContent = round.title;
  one("#round-state").replaceChildren(runs ? badge("primary", "진행 중") : badge("gray", "마감"));
  one("#round-lead").textContent = `확인 기한 ${round.due_on}, 주소는 ${round.closes_on}까지 쓸 수 있습니다.`;
  const figures = [["대상", count(whole.asked)], ["확인", count(whole.confirmed)], ["수정 제안", count(whole.corrected)], ["남음", count(whole.open)], ["처리율", `${whole.share}%`], ["점수", String(whole.score)]];
  one("#figures").replaceChildren(...figures.map(([name, value]) => h("li", { class: "tile" }, h("span", {}, name), h("strong", {}, value))));
  one("#organisations").replaceChildren(...organisations.map((organisation) => line(organisation, runs)));
  one("#definition").textContent = definition;
  one("#reminders").replaceChildren(...(reminders.length ? reminders.map(reminder) : [h("p", { class: "small-text" }, "아직 알릴 기관이 없습니다.")]));
  for (const control of ["#links", "#close"]) one(control).disabled = !runs;
}

try {
  await show();
} catch (error) {
  failed(error);
}
