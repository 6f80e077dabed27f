/** The sign that no player learns the address of another; shown in rooms where that is so. */

import { element, setHidden } from "./dom";
import { icon } from "./icons";
import type { View } from "./view";

const EXPLANATION =
  "The other players cannot see the address of this machine, nor you theirs: everything goes over a server.";

export function shield(): View {
  const root = element(
    "p",
    { class: "shield", title: EXPLANATION },
    icon("shield"),
    element("span", {}, "Addresses hidden"),
  );
  return { root, update: (state) => setHidden(root, !state.hidesAddresses) };
}
