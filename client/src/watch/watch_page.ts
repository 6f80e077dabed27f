/** `/watch/MATCH/PEER` shows a record of the server, `/watch` a file of this computer. */

import { makeBootManifest } from "../app/boot_manifest";
import { element } from "../app/dom";
import { fetchServerDescription, type ServerDescription } from "../app/game_description";
import { setOperatorKey } from "../app/operator_key";
import { readPageFlags } from "../app/page_flags";
import { saveFile } from "../app/save_file";
import { Store } from "../app/store";
import { RecordKeeper } from "../record/record_keeper";
import type { BootManifest } from "../shared/messages";
import { fetchRecord, RecordUnavailableError, recordOfPath } from "./load_record";
import { playedWith } from "./record_header";
import { listenForKeys } from "./watch_keys";
import {
  FIRST_WATCH_STATE,
  type WatchActions,
  type WatchProblem,
  type WatchState,
} from "./watch_state";
import { watchView } from "./watch_view";
import { exposeWatching } from "./watch_window";
import { Watcher } from "./watcher";

class WatchPage {
  private watcher: Watcher | null = null;
  /** What is watched, to be saved as a file. */
  private file: { name: string; bytes: ArrayBuffer } | null = null;
  private readonly courtSpace = element("div", { class: "court-space" });
  private readonly record = recordOfPath(location.pathname);
  private server: ServerDescription | null = null;
  /** Of what the watcher runs. */
  private digest = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly store: Store<WatchState>,
  ) {}

  async start(): Promise<void> {
    const actions = this.makeActions();
    const view = watchView(actions, this.courtSpace);
    this.root.replaceChildren(view.root);
    this.store.subscribe(view.update);
    listenForKeys(() => this.store.state, actions);
    this.listenForFiles();
    exposeWatching({ state: () => this.store.state, shown: () => this.watcher?.shown ?? null });
    if (this.record === null) this.store.update({ phase: "choosing" });
    else await this.fetch();
  }

  private async fetch(): Promise<void> {
    if (this.record === null) return;
    this.store.update({ phase: "loading", stage: "record", problem: null });
    try {
      const { matchId, peer } = this.record;
      const bytes = await fetchRecord((url, init) => fetch(url, init), this.record);
      await this.watch(`peergym-${matchId}-peer${peer}.pgr`, bytes);
    } catch (error) {
      if (!(error instanceof RecordUnavailableError)) throw error;
      this.fail(error.problem);
    }
  }

  private async watch(name: string, bytes: ArrayBuffer): Promise<void> {
    this.file = { name, bytes };
    this.store.update({ phase: "loading", problem: null });
    try {
      this.server ??= await fetchServerDescription();
    } catch {
      const sentence = "The server does not answer. Is it still running?";
      this.fail({ title: "The server cannot be reached", sentence, wantsKey: false });
      return;
    }
    const manifest = await this.manifestFor(bytes, this.server);
    if (manifest.digest !== this.digest) {
      this.watcher?.end();
      this.watcher = new Watcher(this.store, this.courtSpace, manifest);
      this.digest = manifest.digest;
    }
    const { watcher } = this;
    // A copy: what is handed to the worker is gone here.
    watcher?.open(bytes.slice(0));
  }

  /** The Python that a record was played with, if the server has it; else what it serves now. */
  private async manifestFor(bytes: ArrayBuffer, server: ServerDescription): Promise<BootManifest> {
    const { skipsSnapshot } = readPageFlags(location.search);
    const served = makeBootManifest(server, skipsSnapshot);
    const wanted = playedWith(bytes);
    if (wanted === null || wanted.digest === served.digest) return served;
    const runtimeUrl = new URL(`/runtime/${wanted.digest}.zip`, location.origin).href;
    const isThere = await fetch(runtimeUrl).then(
      (response) => response.ok,
      () => false,
    );
    // A memory snapshot is of the package that is served now, and may not be of that one.
    return isThere ? { ...served, ...wanted, runtimeUrl, snapshot: null } : served;
  }

  private fail(problem: WatchProblem): void {
    this.store.update({ phase: "failed", problem });
  }

  private async openFile(file: Blob): Promise<void> {
    const name = file instanceof File ? file.name : "replay.pgr";
    await this.watch(name, await file.arrayBuffer());
  }

  private listenForFiles(): void {
    window.addEventListener("dragover", (event) => event.preventDefault());
    window.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file !== undefined) void this.openFile(file);
    });
  }

  private makeActions(): WatchActions {
    const { store } = this;
    return {
      toggle: () => this.watcher?.toggle(),
      seek: (position) => this.watcher?.seek(position),
      step: (frames) => this.watcher?.step(frames),
      setSpeed: (speed) => this.watcher?.setSpeed(speed),
      setPlayer: (player) => this.watcher?.setPlayer(player),
      setMuted: (isMuted) => store.update({ isMuted }),
      setPanelOpen: (isPanelOpen) => store.update({ isPanelOpen }),
      openFile: (file) => void this.openFile(file),
      useKey: (key) => {
        setOperatorKey(key);
        void this.fetch();
      },
      save: () => {
        if (this.file !== null) saveFile(this.file.name, this.file.bytes);
      },
    };
  }
}

export async function startWatching(root: HTMLElement): Promise<void> {
  document.title = "Replay · peergym";
  // Nothing is played here, but an earlier page may have left a record behind.
  new RecordKeeper(() => undefined);
  await new WatchPage(root, new Store(FIRST_WATCH_STATE)).start();
}
