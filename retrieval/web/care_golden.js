// Golden questions: added, judged against the live version, removed.
import { get, post } from "/static/server/api.js";
import { ask } from "/static/server/dialog.js";
import { badge, button, h, one, options } from "/static/server/element.js";
import { DISTRICTS, speaker } from "./care_words.js";

const say = speaker("#message");
const failed = (error) => say(error.message, "danger");
one("#golden-district").append(...options([["", "서울 전체"], ...DISTRICTS]));

async function remove(golden) {
  if (!(await ask({ title: "이 골든 질문을 지울까요?", body: h("p", {}, golden.question), yes: "지우기", tone: "danger" }))) return;
  try {
    await post(`/api/knowledge/golden/${golden.number}/remove`);
    say("골든 질문을 지웠습니다.");
  } catch (error) {
    failed(error);
  }
  await list();
}

function item(golden) {
  return h(
    "article",
    { class: "item" },
    h("h3", {}, golden.holds ? badge("success", "맞음") : badge("danger", "어긋남"), golden.question),
    h("p", { class: "small-text" }, `${golden.entry_id} ${golden.entry ?? "(지금 판에 없는 항목)"} · ${golden.top}번째 안에 · ${golden.district ?? "서울 전체"}`),
    !golden.holds && h("p", {}, golden.found.length ? `지금은 ${golden.found.join(", ")}이(가) 나옵니다. 이대로는 새 판을 게시할 수 없습니다.` : "지금은 나오는 항목이 없습니다. 이대로는 새 판을 게시할 수 없습니다."),
    h("div", { class: "buttons" }, button("지우기", "tertiary", () => remove(golden), { "aria-label": `골든 질문 지우기: ${golden.question}` })),
  );
}

async function list() {
  try {
    const { golden } = await get("/api/knowledge/golden");
    const broken = golden.filter((one) => !one.holds).length;
    one("#golden-status").textContent = golden.length ? `${golden.length}건 가운데 어긋난 것 ${broken}건` : "골든 질문이 아직 없습니다.";
    one("#golden").replaceChildren(...[...golden].sort((a, b) => a.holds - b.holds).map(item));
  } catch (error) {
    failed(error);
  }
}

one("#golden-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const made = await post("/api/knowledge/golden", { entry_id: one("#golden-entry").value.trim(), question: one("#golden-question").value.trim(), district: one("#golden-district").value, top: Number(one("#golden-top").value) });
    say(made.holds ? "골든 질문을 더했습니다." : "골든 질문을 더했습니다. 지금 판에서는 어긋나므로, 항목을 고쳐야 다음 판을 게시할 수 있습니다.", made.holds ? "success" : "warning");
    event.target.reset();
    await list();
  } catch (error) {
    failed(error);
  }
});

await list();
