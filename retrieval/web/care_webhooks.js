// Webhooks: who is told of publications, and what became of the last messages.
import { get, post } from "/static/server/api.js";
import { ask, tell } from "/static/server/dialog.js";
import { badge, button, h, one } from "/static/server/element.js";
import { moment } from "/static/server/format.js";
import { speaker } from "./care_words.js";

const say = speaker("#message");
const failed = (error) => say(error.message, "danger");
const EVENTS = { "knowledge.published": "상담DB 게시", "bulletin.published": "특별상담자료 게시", "bulletin.withdrawn": "특별상담자료 회수", ping: "시험" };
const STATES = { waiting: ["보내는 중", "warning"], delivered: ["보냄", "success"], failed: ["보내지 못함", "danger"] };

async function remove(webhook) {
  if (!(await ask({ title: "이 주소에 더 보내지 않을까요?", body: h("p", {}, webhook.url), yes: "지우기", tone: "danger" }))) return;
  try {
    await post(`/api/knowledge/webhooks/${webhook.number}/remove`);
    say("웹훅을 지웠습니다.");
  } catch (error) {
    failed(error);
  }
  await list();
}

async function test(webhook) {
  try {
    await post(`/api/knowledge/webhooks/${webhook.number}/test`);
    say("시험 알림을 보냈습니다. 결과는 아래 표에 나타납니다.");
    setTimeout(list, 1500);
  } catch (error) {
    failed(error);
  }
}

function item(webhook) {
  return h(
    "article",
    { class: "item" },
    h("h3", {}, webhook.url),
    h("p", { class: "small-text" }, `${webhook.events.map((event) => EVENTS[event] ?? event).join(", ")} · ${webhook.made_by} · ${moment(webhook.made_at)}`),
    h("div", { class: "buttons" }, button("시험 보내기", "secondary", () => test(webhook), { "aria-label": `시험 보내기: ${webhook.url}` }), button("지우기", "tertiary", () => remove(webhook), { "aria-label": `웹훅 지우기: ${webhook.url}` })),
  );
}

function row(delivery, urls) {
  const [name, tone] = delivery.state === "waiting" && delivery.attempts ? ["다시 보낼 예정", "warning"] : STATES[delivery.state];
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, moment(delivery.made_at)),
    h("td", {}, EVENTS[delivery.event] ?? delivery.event),
    h("td", {}, urls.get(delivery.webhook) ?? "지운 주소"),
    h("td", {}, badge(tone, name)),
    h("td", {}, String(delivery.attempts)),
    h("td", {}, delivery.outcome || "–"),
  );
}

async function list() {
  try {
    const found = await get("/api/knowledge/webhooks");
    if (!one("#webhook-events label")) one("#webhook-events").append(...found.events.map((event) => h("label", { class: "choice" }, h("input", { type: "checkbox", name: "event", value: event, checked: true }), EVENTS[event] ?? event)));
    const urls = new Map(found.webhooks.map((webhook) => [webhook.number, webhook.url]));
    one("#webhooks").replaceChildren(...(found.webhooks.length ? found.webhooks.map(item) : [h("p", { class: "small-text" }, "알림을 받는 주소가 없습니다.")]));
    one("#deliveries").replaceChildren(...(found.deliveries.length ? found.deliveries.map((delivery) => row(delivery, urls)) : [h("tr", {}, h("td", { colspan: "6" }, "보낸 것이 없습니다."))]));
  } catch (error) {
    failed(error);
  }
}

one("#webhook-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const events = [...document.querySelectorAll('#webhook-events input:checked')].map((box) => box.value);
  try {
    const made = await post("/api/knowledge/webhooks", { url: one("#webhook-url").value.trim(), events });
    one("#webhook-url").value = "";
    await tell({ title: "서명 열쇠", body: [h("p", {}, "받는 쪽에서 서명을 확인할 열쇠입니다. 지금만 보이니 안전한 곳에 옮겨 두세요."), h("p", { class: "secret", id: "secret" }, made.secret)] });
    say("웹훅을 더했습니다.");
    await list();
  } catch (error) {
    failed(error);
  }
});

await list();
