/** A field for the operator's key, for whoever came without the whole link. */

import { element } from "./dom";

export function keyForm(useKey: (key: string) => void): HTMLFormElement {
  const input = element("input", {
    id: "operator-key",
    type: "password",
    autocomplete: "off",
    required: "",
    maxlength: "500",
  });
  const form = element(
    "form",
    { class: "key-form" },
    element("label", { for: "operator-key" }, "Operator's key"),
    element(
      "div",
      { class: "join-row" },
      input,
      element("button", { type: "submit", class: "primary" }, "Use key"),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = input.value.trim();
    input.value = "";
    if (key !== "") useKey(key);
  });
  return form;
}
