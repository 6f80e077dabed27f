import { expect, it } from "vitest";
import { MouseButtons } from "./mouse_buttons";

it("buttons of the mouse are keys where a game names them, and others are nothing", () => {
  const calls: string[] = [];
  const keys = {
    hold: (key: string) => calls.push(`+${key}`),
    letGo: (key: string) => calls.push(`-${key}`),
  };
  const bindings = [
    { keys: ["MouseLeft"], action: 1 },
    { keys: ["MouseRight", "w"], action: 2 },
  ];
  const mouse = new MouseButtons(bindings, keys);
  for (const pressed of [1, 1, 3, 2, 6, 0]) mouse.hold(pressed);
  expect(calls).toEqual(["+MouseLeft", "+MouseRight", "-MouseLeft", "-MouseRight"]);
});
