import type { AppState } from "./state";

/** A part of the page: elements, and how they follow the state. */
export interface View {
  root: HTMLElement;
  update: (state: Readonly<AppState>) => void;
}
