/**
 * The page as a whole.
 *
 * Theory of operation: messages of the worker, the server and the connections change the store; the views
 * read the store and call the actions below; nothing else changes anything. The screen follows the table in
 * `screens.ts`. Everything about one match (links, seat, pictures) is begun in one place and ended in one.
 */

import { RecordKeeper } from "../record/record_keeper";
import type {
  FromWorker,
  GameOptions,
  MatchDescription,
  SessionEvent,
  StatisticsMessage,
} from "../shared/messages";
import type { Newcomer } from "../signalling/room";
import type { Actions } from "./actions";
import { makeBootManifest } from "./boot_manifest";
import { CourtFlow, type CourtPlaces } from "./court_flow";
import { desyncOf, dumpFileName } from "./desync";
import type { ServerDescription } from "./game_description";
import { type CandidatePair, Links } from "./links";
import type { PageFlags } from "./page_flags";
import type { Problem, WayOn } from "./problems";
import { PythonWorker } from "./python_worker";
import { randomSeed } from "./random_seed";
import { RoomFlow } from "./room_flow";
import { saveFile } from "./save_file";
import { nextScreen, type ScreenEvent } from "./screens";
import { betweenGames, effectOf } from "./session_events";
import { type AppState, BEFORE_MATCH } from "./state";
import type { Store } from "./store";
import type { TestingRecord } from "./testing_window";

/** How long the score of a practice game is left on the court before the next begins, in ms. */
const NEXT_PRACTICE_MS = 2500;
/** How long the connection is kept after a goodbye, so that the goodbye arrives, in ms. */
const GOODBYE_MS = 500;
/** How long news of who came and who went are shown, in ms. */
const NEWS_MS = 6000;
/** Whoever is cut again within this time after having come back is asked first, in ms. */
const REJOIN_AGAIN_MS = 20_000;

export class App {
  readonly actions: Actions;
  private readonly worker: PythonWorker;
  private readonly rooms: RoomFlow;
  private readonly records: RecordKeeper;
  private readonly courtFlow: CourtFlow;
  private links: Links | null = null;
  /** Counts the practices begun, to tell whether the present one is still the same. */
  private practices = 0;
  private isPractising = false;
  private rejoinedMs = Number.NEGATIVE_INFINITY;
  /** Who waits for bytes of the worker, in the order in which they asked. */
  private readonly asked: Record<"dump" | "desync_dump", ((bytes: ArrayBuffer | null) => void)[]> =
    { dump: [], desync_dump: [] };

  constructor(
    private readonly store: Store<AppState>,
    private readonly server: ServerDescription,
    private readonly flags: PageFlags,
    places: CourtPlaces,
    private readonly record: TestingRecord,
  ) {
    this.worker = new PythonWorker(
      (message) => this.onWorkerMessage(message),
      (message) => this.onWorkerFailure(message),
    );
    this.courtFlow = new CourtFlow(
      store,
      server.game,
      places,
      (message) => this.worker.post(message),
      record,
      (error) => this.fail({ code: "page_incomplete", detail: String(error) }),
    );
    this.rooms = new RoomFlow(store, server, flags, {
      onEntered: (comesToMatch) => this.onEntered(comesToMatch),
      onMatch: (match, localPeer) => this.beginMatch(match, localPeer),
      onRelayToken: (token) => this.worker.post({ type: "relay_token", token }),
      onNewcomer: (newcomer) => this.onNewcomer(newcomer),
      onGone: (peer, reason) => this.links?.dismiss(peer, reason),
      onDecision: ({ epoch, group, is_granted: isGranted }) =>
        this.worker.post({ type: "decision", epoch, group, isGranted }),
      onSignal: (signal) => this.links?.receive(signal),
      onNews: (notice) => this.tellNews(notice),
      onProblem: (problem) => this.fail(problem),
    });
    this.records = new RecordKeeper(
      (record) => store.update({ record }),
      (leftovers) => store.update({ leftovers }),
    );
    this.actions = this.makeActions();
    // The mesh closes its connections at the same moment; the goodbye has to be under way before.
    window.addEventListener("pagehide", () => this.sayGoodbye("left"), { capture: true });
  }

  /** Start to load Python. */
  boot(): void {
    const manifest = makeBootManifest(this.server, this.flags.skipsSnapshot);
    this.worker.post({ type: "boot", manifest, pageTimeOriginMs: performance.timeOrigin });
  }

  step(event: ScreenEvent): void {
    this.store.update({ screen: nextScreen(this.store.state.screen, event) });
  }

  fail(problem: Problem): void {
    this.endPlay("failed");
    this.records.keepSaving();
    this.rooms.leave();
    this.store.update({ problem, screen: nextScreen(this.store.state.screen, "failed") });
  }

  /** The record of this match so far, as a file. */
  replay(): ArrayBuffer | null {
    return this.records.file()?.bytes ?? null;
  }

  framesDrawn(): number {
    return this.courtFlow.court.framesDrawn;
  }

  selectedPairs(): Promise<CandidatePair[]> {
    return this.links?.selectedPairs() ?? Promise.resolve([]);
  }

  /** Ask the worker for the flight recording, or the file about the latest desync. */
  ask(type: "dump" | "desync_dump"): Promise<ArrayBuffer | null> {
    return new Promise((resolve) => {
      this.asked[type].push(resolve);
      this.worker.post({ type });
    });
  }

  private makeActions(): Actions {
    const { store } = this;
    return {
      createRoom: (request) => this.rooms.create(request),
      joinRoom: (code, watch) => this.rooms.join(code, watch),
      setReady: (isReady) => this.rooms.signalling.setReady(isReady),
      start: () => this.rooms.signalling.start(),
      kick: (sitting) => this.rooms.signalling.kick(sitting),
      rejoin: () => this.rejoin(),
      setPeopleOpen: (isPeopleOpen) => store.update({ isPeopleOpen }),
      quickMatch: () => this.rooms.quickMatch(),
      practise: () => this.practise(),
      leave: () => this.leave(),
      rematch: () => {
        this.worker.post({ type: "ready" });
        store.update({ isReady: true });
      },
      goOn: (way) => this.goOn(way),
      showSeat: (viewedSeat) => {
        this.worker.post({ type: "show_seat", seat: viewedSeat });
        store.update({ viewedSeat });
      },
      setMirrored: (isMirrored) => store.update({ isMirrored }),
      setMuted: (isMuted) => store.update({ isMuted }),
      closeNotice: () => store.update({ isNoticeOpen: false }),
      saveDesyncDump: () => void this.saveDesyncDump(),
      saveReplay: () => {
        const file = this.records.file();
        if (file !== null) saveFile(file.name, file.bytes);
      },
      saveLeftover: (key) => void this.saveLeftover(key),
      forgetLeftover: (key) => void this.records.forget(key),
      setPanelOpen: (isPanelOpen) => store.update({ isPanelOpen }),
      impair: (impairment) => {
        this.worker.post({ type: "impair", ...impairment });
        store.update({ impairment });
      },
    };
  }

  private async saveDesyncDump(): Promise<void> {
    const { room, desyncs, episode, localSeat } = this.store.state;
    const name = dumpFileName(room?.code ?? null, desyncOf(desyncs, episode), localSeat);
    const bytes = await this.ask("desync_dump");
    if (bytes !== null) saveFile(name, bytes);
  }

  private async saveLeftover(key: string): Promise<void> {
    const row = this.store.state.leftovers.find((each) => each.key === key);
    if (row !== undefined) saveFile(row.fileName, await this.records.leftover(key));
  }

  private goOn(way: WayOn): void {
    if (way === "reload") location.reload();
    else if (way === "practise") this.practise();
    else this.step("left");
    const { problem } = this.store.state;
    if (way === "watch" && problem !== null) this.rooms.join(problem.detail, true);
  }

  private practise(): void {
    const defaults = this.server.game.options.map(
      (option) => [option.name, option.default] as const,
    );
    this.store.update({ options: Object.fromEntries(defaults) });
    this.step("practise");
    this.beginPractice(this.store.state.options);
  }

  private onEntered(comesToMatch: boolean): void {
    this.step("room_entered");
    if (comesToMatch) return;
    if (this.store.state.screen === "waiting") this.beginPractice(this.store.state.options);
  }

  private onNewcomer(newcomer: Newcomer): void {
    const { peer, seat, offers } = newcomer;
    this.worker.post({ type: "peer_joined", peer, seat, offers });
    this.links?.admit(newcomer);
    const { coming, isWatching } = this.store.state;
    // Whoever watches is not told when they have arrived.
    if (seat === null || isWatching) return;
    if (!coming.includes(seat)) this.store.update({ coming: [...coming, seat] });
  }

  /** The match has gone on without us: come as somebody new. */
  private rejoin(): void {
    this.closeLinks();
    this.rejoinedMs = performance.now();
    this.store.update({ ...BEFORE_MATCH });
    this.step("match_announced");
    this.rooms.signalling.rejoin();
  }

  /** Play against the computer, as soon as Python is there. */
  private beginPractice(options: GameOptions): void {
    this.store.update({ ...BEFORE_MATCH, localSeat: 0, match: null });
    if (!this.server.game.has_policy || !this.store.state.python.isReady) return;
    this.practices += 1;
    this.isPractising = true;
    this.courtFlow.begin(0);
    const { players } = this.server.game;
    this.worker.post({ type: "practice", options, seed: randomSeed(), localSeat: 0, players });
  }

  private beginMatch(described: MatchDescription, localPeer: number): void {
    // The token is this page's own affair: it does not go where peers and records are made.
    const { record_token: token = null, ...match } = described;
    this.links?.close();
    this.isPractising = false;
    const seat = this.store.state.room?.seat ?? null;
    const localSeat = seat ?? 0;
    const isWatching = seat === null;
    this.record.startMatch();
    const { options } = match;
    this.store.update({ ...BEFORE_MATCH, match, localSeat, isWatching, options });
    this.step("match_announced");
    this.courtFlow.begin(seat);
    const fileName = `peergym-${this.store.state.room?.code ?? "match"}-player${localSeat + 1}.pgr`;
    this.records.begin({ matchId: match.match_id, peer: localPeer, token, fileName });
    const flags = {
      forceRollbackFrames: this.flags.forceRollbackFrames,
      record: this.flags.records,
      plantedDesyncFrame: this.flags.plantedDesyncFrame,
    };
    this.worker.post({ type: "match", match, localPeer, seat, flags });
    this.links = new Links({
      match,
      localPeer,
      isReady: () => this.store.state.python.isReady,
      usesHop: this.flags.usesHop,
      inputChannel: this.flags.inputChannel,
      worker: this.worker,
      signal: (to, kind, payload) => this.rooms.signalling.signal(to, kind, payload),
      freshIceServers: () => this.rooms.signalling.freshIceServers(),
      onTroubles: (iceTroubles) => this.store.update({ iceTroubles }),
      onFailed: (detail) => this.onLinkFailed(detail),
      onWorkerDeath: () => this.onWorkerFailure("the worker does not answer any more"),
    });
  }

  private leave(): void {
    this.endPlay("left");
    this.rooms.leave();
    this.step("left");
  }

  /** End whatever is played, with a goodbye if it was a match. */
  private endPlay(reason: string): void {
    this.courtFlow.end();
    if (this.links !== null) this.worker.post({ type: "leave", reason });
    else if (this.isPractising) this.worker.post({ type: "stop" });
    this.isPractising = false;
    this.closeLinks();
    this.store.update({ ...BEFORE_MATCH, match: null });
  }

  /** Close the connections once the last words have gone out. */
  private closeLinks(): void {
    const links = this.links;
    this.links = null;
    if (links !== null) setTimeout(() => links.close(), GOODBYE_MS);
  }

  private sayGoodbye(reason: string): void {
    if (this.links !== null) this.worker.post({ type: "leave", reason });
  }

  private onLinkFailed(detail: string): void {
    // Once a match runs, the session itself judges how long a silence may last.
    if (this.store.state.screen === "connecting") this.fail({ code: "connection_failed", detail });
  }

  private onWorkerFailure(message: string): void {
    this.record.addError(message);
    if (this.store.state.python.isReady) this.fail({ code: "game_failed", detail: message });
    else this.onBootFailure(message);
  }

  private onBootFailure(failure: string): void {
    this.store.update({ python: { ...this.store.state.python, failure } });
    this.fail({ code: "python_failed", detail: failure });
  }

  private onWorkerMessage(message: FromWorker): void {
    const { store } = this;
    switch (message.type) {
      case "progress":
        store.update({
          python: { ...store.state.python, stage: message.stage, fraction: message.fraction },
        });
        break;
      case "booted":
        this.record.booted = message;
        store.update({ python: { ...store.state.python, fraction: 1, isReady: true } });
        if (["waiting", "practice"].includes(store.state.screen))
          this.beginPractice(store.state.options);
        break;
      case "frame":
        this.courtFlow.onFrame(message);
        break;
      case "statistics":
        this.links?.noteWorkerAlive();
        this.onStatistics(message);
        break;
      case "event":
        this.onSessionEvent(message.event, message.timeMs);
        break;
      case "checksums":
        this.record.addChecksums(message.episode, message.pairs);
        break;
      case "peer_link":
        if (message.open) store.update({ isLinked: true });
        break;
      case "relay_refused":
        void this.rooms.signalling.renewRelayToken();
        break;
      case "hop_data":
        this.links?.send(message.peer, message.channel, message.data);
        break;
      case "replay_piece":
        this.records.take(message);
        break;
      case "dump":
      case "desync_dump":
        this.asked[message.type].shift()?.(message.bytes);
        break;
      case "failed":
        if (message.during === "boot") this.onBootFailure(message.message);
        else this.fail({ code: "game_failed", detail: message.message });
        break;
    }
  }

  private onStatistics(statistics: StatisticsMessage): void {
    const between = betweenGames(this.store.state, statistics.state);
    this.store.update({ statistics, ...between });
    if (between.outcome) this.step("episode_ended");
  }

  private onSessionEvent(event: SessionEvent, timeMs: number): void {
    const { store } = this;
    const { screen } = store.state;
    if (screen === "waiting" || screen === "practice") {
      if (event.name === "EpisodeEnded") this.practiseAgain();
      return;
    }
    // The last words of a practice may come after the match was announced.
    if (
      store.state.match === null ||
      (screen === "connecting" && event.name.startsWith("Episode") && !store.state.isLinked)
    )
      return;
    this.record.addEvent(timeMs, event);
    this.noteInRecord(event.name);
    if (event.name === "ArbiterWanted") {
      this.rooms.signalling.arbitrate(event.epoch, event.group, event.members);
    } else if (event.name === "PeerConnected") {
      this.links?.noteReached(event.peer);
      store.update({ isLinked: true });
    } else if (event.name === "Following") this.links?.noteArrived();
    else if (event.name === "Excluded" && this.mayRejoin()) {
      this.rejoin();
      return;
    }
    const { changes, step } = effectOf(store.state, event, timeMs);
    const next = step === null ? store.state.screen : nextScreen(store.state.screen, step);
    if (step === "failed" && changes.problem) this.fail(changes.problem);
    else store.update({ ...changes, screen: next });
    if (changes.isNoticeNews) this.forgetNews();
    if (step === "match_over") this.closeLinks();
  }

  /** Whether to come back by ourselves, as after a sleep; not if that has just failed. */
  private mayRejoin(): boolean {
    const isSoon = performance.now() - this.rejoinedMs < REJOIN_AGAIN_MS;
    const { room, match } = this.store.state;
    return room !== null && match?.absent !== "end" && !isSoon;
  }

  private tellNews(notice: string): void {
    if (notice === "") return;
    this.store.update({ notice, isNoticeOpen: true, isNoticeNews: true });
    this.forgetNews();
  }

  /** Who came and who went need not be closed by hand. */
  private forgetNews(): void {
    const { notice } = this.store.state;
    this.record.addNews(notice);
    setTimeout(() => {
      const { state } = this.store;
      if (state.isNoticeNews && state.notice === notice) this.store.update({ isNoticeOpen: false });
    }, NEWS_MS);
  }

  /** After some events players go, or may be gone themselves soon: the record is handed in. */
  private noteInRecord(name: SessionEvent["name"]): void {
    if (name === "EpisodeStarted" || name === "Following") this.records.begun();
    else if (name === "EpisodeEnded" || name === "MatchEnded") this.records.keepSaving();
    else if (name === "PeerLost" || name === "PeerLeft" || name === "Excluded") this.records.save();
  }

  private practiseAgain(): void {
    const ended = this.practices;
    setTimeout(() => {
      const { screen, options } = this.store.state;
      const isSame = ended === this.practices && (screen === "waiting" || screen === "practice");
      if (isSame) this.beginPractice(options);
    }, NEXT_PRACTICE_MS);
  }
}
