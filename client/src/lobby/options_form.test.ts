import { expect, it } from "vitest";
import { parseInputDelay, sayNumber } from "./options_form";

it("numbers are shown with as many places as they can be set", () => {
  expect([sayNumber(6, 1), sayNumber(0.5, 0.25), sayNumber(3, 0.1)]).toEqual(["6", "0.50", "3.0"]);
});

it("the delay menu gives a rule's name or a number of frames", () => {
  expect(["auto", "article", "0", "10"].map(parseInputDelay)).toEqual(["auto", "article", 0, 10]);
});
