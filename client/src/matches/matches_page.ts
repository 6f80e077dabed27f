/** `/matches`: what was played on this server, and what its records are worth. For its operator. */

import { operatorHeaders, operatorKey, setOperatorKey } from "../app/operator_key";
import { saveFile } from "../app/save_file";
import { Store } from "../app/store";
import { RecordKeeper } from "../record/record_keeper";
import { recordUrl } from "../record/upload";
import {
  fetchMatches,
  isUnderWay,
  type ListProblem,
  type Match,
  MatchListError,
  type MatchPage,
} from "./match_list";
import { type MatchesActions, matchesView } from "./matches_view";

/** While something is being looked at, the list is asked for so often, in ms. */
const REFRESH_MS = 2000;

export interface MatchesState {
  /** Newest first; null before the first answer. */
  matches: readonly Match[] | null;
  /** With it the server is asked for older ones; null when there are none. */
  next: string | null;
  /** It is asked for again by itself. */
  isUpdating: boolean;
  problem: ListProblem | null;
}

class MatchesPage {
  readonly actions: MatchesActions;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly store: Store<MatchesState>) {
    this.actions = {
      useKey: (key) => {
        setOperatorKey(key);
        void this.refresh();
      },
      refresh: () => void this.refresh(),
      more: () => void this.more(),
      download: (match, peer) => void this.download(match, peer),
    };
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.refresh();
    });
  }

  /** Ask for the newest, and go on asking while something is under way. */
  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    if (operatorKey() === null) {
      this.store.update({ problem: "key" });
      return;
    }
    await this.during(async () => {
      this.show(await this.ask(null));
    });
    const { isUpdating } = this.store.state;
    if (isUpdating) this.timer = setTimeout(() => void this.refresh(), REFRESH_MS);
  }

  /** The newest take the place of what was known of them; older ones stay below. */
  private show({ matches: newest, next }: MatchPage): void {
    const known = this.store.state.matches ?? [];
    const ids = new Set(newest.map(({ match_id }) => match_id));
    const oldest = newest.at(-1)?.match_id;
    const at = known.findIndex(({ match_id }) => match_id === oldest);
    const older = at < 0 ? [] : known.slice(at + 1).filter(({ match_id }) => !ids.has(match_id));
    const isUpdating = newest.some(isUnderWay);
    const matches = [...newest, ...older];
    this.store.update({
      matches,
      problem: null,
      isUpdating,
      next: older.length > 0 ? this.store.state.next : next,
    });
  }

  private ask(before: string | null): Promise<MatchPage> {
    return fetchMatches((url, init) => fetch(url, init), operatorHeaders(), before);
  }

  private async more(): Promise<void> {
    const before = this.store.state.next;
    if (before === null) return;
    await this.during(async () => {
      const { matches: older, next } = await this.ask(before);
      const known = this.store.state.matches ?? [];
      const ids = new Set(known.map(({ match_id }) => match_id));
      const fresh = older.filter(({ match_id }) => !ids.has(match_id));
      this.store.update({ matches: [...known, ...fresh], next });
    });
  }

  private async download({ match_id }: Match, peer: number): Promise<void> {
    await this.during(async () => {
      const response = await fetch(recordUrl(match_id, peer), { headers: operatorHeaders() });
      if (!response.ok) {
        const message = `The record cannot be fetched: the server answered with status ${response.status}.`;
        throw new MatchListError({ message });
      }
      saveFile(`peergym-${match_id}-peer${peer}.pgr`, await response.arrayBuffer());
    });
  }

  private async during(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const problem = error instanceof MatchListError ? error.problem : { message: String(error) };
      // What was unreachable for a moment is asked again.
      this.store.update({ problem });
    }
  }
}

export async function startMatches(root: HTMLElement): Promise<void> {
  document.title = "Matches · peergym";
  operatorKey(); // out of the address at once
  const store = new Store<MatchesState>({
    matches: null,
    next: null,
    isUpdating: false,
    problem: null,
  });
  const page = new MatchesPage(store);
  const view = matchesView(page.actions);
  root.replaceChildren(view.root);
  store.subscribe(view.update);
  // Nothing is played here, but an earlier page may have left a record behind.
  new RecordKeeper(() => undefined);
  await page.refresh();
}
