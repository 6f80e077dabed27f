/** The screen of a problem: one clear sentence, and one button that leads on. */

import type { Actions } from "../app/actions";
import { element, setAttribute, setHidden, setText } from "../app/dom";
import { describeProblem } from "../app/problems";
import type { AppState } from "../app/state";
import type { View } from "../app/view";

export function problemView(actions: Actions): View {
  const title = element("h1", {});
  const sentence = element("p", { class: "problem-sentence" });
  const smallPrint = element("p", { class: "hint problem-detail" });
  const onward = element("button", { type: "button", class: "primary" });
  const root = element(
    "main",
    { class: "screen problem", "aria-label": "Problem" },
    element(
      "div",
      { class: "card problem-card", role: "alert" },
      title,
      sentence,
      smallPrint,
      onward,
    ),
  );
  let current: AppState["problem"] = null;
  onward.addEventListener("click", () => {
    if (current !== null) actions.goOn(describeProblem(current).wayOn);
  });
  const update = ({ problem }: Readonly<AppState>): void => {
    if (problem === null || problem === current) return;
    current = problem;
    const words = describeProblem(problem);
    setText(title, words.title);
    setText(sentence, words.sentence);
    setText(smallPrint, words.smallPrint);
    setHidden(smallPrint, words.smallPrint === "");
    setText(onward, words.button);
    setAttribute(root, "data-problem", problem.code);
  };
  return { root, update };
}
