/** What one sends to the other player: code, link and QR code of the room. */

import { generate } from "lean-qr";
import { button, element, setText } from "../app/dom";
import type { AppState } from "../app/state";
import type { View } from "../app/view";

/** Light modules around the code, as the standard asks for. */
const QUIET_ZONE = 4;
const COPIED_FOR_MS = 2000;

async function copy(link: string, field: HTMLInputElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    // Without HTTPS (a LAN address) there is no clipboard interface; the old way still works there.
    field.select();
    document.execCommand("copy");
  }
}

export function invitation(): View {
  const code = element("output", { class: "room-code", "aria-label": "Code of this room" });
  const field = element("input", {
    id: "room-link",
    type: "text",
    readonly: "",
    class: "link-field",
  });
  const copied = button("Copy link", () => {
    void copy(field.value, field).then(() => {
      setText(copied, "Copied");
      setTimeout(() => setText(copied, "Copy link"), COPIED_FOR_MS);
    });
  });
  copied.classList.add("copy-button");
  field.addEventListener("focus", () => field.select());
  const picture = element("canvas", {
    class: "qr",
    role: "img",
    "aria-label": "QR code of the link",
  });
  const root = element(
    "div",
    { class: "invitation" },
    element(
      "div",
      { class: "invitation-text" },
      code,
      element("label", { for: "room-link" }, "Link"),
      element("div", { class: "join-row" }, field, copied),
    ),
    picture,
  );
  let drawn = "";
  const update = ({ room, link }: Readonly<AppState>): void => {
    setText(code, room?.code ?? "");
    if (link === drawn) return;
    drawn = link;
    field.value = link;
    if (link !== "") {
      const settings = {
        on: [11, 14, 22] as const,
        off: [255, 255, 255] as const,
        pad: QUIET_ZONE,
      };
      generate(link).toCanvas(picture, settings);
    }
  };
  return { root, update };
}
