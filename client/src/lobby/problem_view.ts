/** The screen of a problem: one clear sentence, and the buttons that lead on. */

import type { Actions } from "../app/actions";
import { element, setAttribute, setHidden, setText } from "../app/dom";
import { describeProblem, type ProblemWords } from "../app/problems";
import type { AppState } from "../app/state";
import type { View } from "../app/view";

export function problemView(actions: Actions): View {
  const title = element("h1", {});
  const sentence = element("p", { class: "problem-sentence" });
  const smallPrint = element("p", { class: "hint problem-detail" });
  const onward = element("button", { type: "button", class: "primary" });
  const other = element("button", { type: "button" });
  const root = element(
    "main",
    { class: "screen problem", "aria-label": "Problem" },
    element(
      "div",
      { class: "card problem-card", role: "alert" },
      title,
      sentence,
      smallPrint,
      element("div", { class: "problem-buttons" }, onward, other),
    ),
  );
  let current: AppState["problem"] = null;
  let words: ProblemWords | null = null;
  onward.addEventListener("click", () => {
    if (words !== null) actions.goOn(words.wayOn);
  });
  other.addEventListener("click", () => {
    if (words?.other) actions.goOn(words.other[1]);
  });
  const update = ({ problem, game }: Readonly<AppState>): void => {
    if (problem === null || problem === current) return;
    current = problem;
    words = describeProblem(problem, game?.has_policy === true);
    setText(title, words.title);
    setText(sentence, words.sentence);
    setText(smallPrint, words.smallPrint);
    setHidden(smallPrint, words.smallPrint === "");
    setText(onward, words.button);
    setText(other, words.other?.[0] ?? "");
    setHidden(other, words.other === null);
    setAttribute(root, "data-problem", problem.code);
  };
  return { root, update };
}
