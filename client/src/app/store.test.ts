import { expect, it } from "vitest";
import { Store } from "./store";

it("a listener hears the present state at once and every change after it", () => {
  const store = new Store({ a: 1, b: 1 });
  const heard: number[] = [];
  store.subscribe((state) => heard.push(state.a));
  store.update({ a: 2 });
  expect(heard).toEqual([1, 2]);
  expect(store.state).toEqual({ a: 2, b: 1 });
});

it("a change made by a listener reaches everybody, and nobody sees an older state after a newer one", () => {
  const store = new Store({ a: 0, b: 0 });
  const heard: string[] = [];
  store.subscribe((state) => {
    if (state.a === 1 && state.b === 0) store.update({ b: 5 });
  });
  store.subscribe((state) => heard.push(`${state.a}${state.b}`));
  store.update({ a: 1 });
  expect(heard.at(-1)).toBe("15");
  expect(heard).toEqual([...heard].sort());
});
