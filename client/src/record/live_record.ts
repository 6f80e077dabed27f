/**
 * The record of a match that this page plays or has just played.
 *
 * It is whole in memory, from where it is sent and saved; the store has it for the case that this page does
 * not live to send it. So a browser without a store loses nothing but that.
 */

import type { RecordRow, RecordStore } from "./record_store";
import { type FetchLike, putRecord, putWhileClosing, type Upload } from "./upload";
import { Uploader, type UploadState } from "./uploader";

export type RecordState =
  | { readonly name: "none" }
  | { readonly name: "recording" }
  /** It ends here: this server keeps no records. */
  | { readonly name: "kept" }
  | UploadState;

export interface LiveRecordOptions {
  readonly fetch: FetchLike;
  readonly setTimer: (run: () => void, delayMs: number) => void;
  readonly onState: (state: RecordState) => void;
}

export class LiveRecord {
  state: RecordState = { name: "recording" };
  private readonly pieces: ArrayBuffer[] = [];
  private readonly uploader: Uploader | null;
  /** Everything that came so far and comes from now on is to be sent at once. */
  private isWanted = false;
  /** What was written to the store last; the next comes behind it. */
  private written: Promise<void> = Promise.resolve();

  constructor(
    private current: RecordRow,
    private readonly store: Promise<RecordStore | null>,
    private readonly options: LiveRecordOptions,
  ) {
    this.uploader =
      current.token === null
        ? null
        : new Uploader({
            send: () => putRecord(options.fetch, this.upload()),
            bytes: () => this.current.bytes,
            setTimer: options.setTimer,
            onState: (state) => this.onUpload(state),
          });
    this.write(null);
  }

  get row(): RecordRow {
    return this.current;
  }

  /** Nothing more comes, and nothing more can be done. */
  get isOver(): boolean {
    const { isClosed, isPlayed, bytes, savedBytes } = this.current;
    const { name } = this.state;
    const isSettled = savedBytes >= bytes || name === "refused" || name === "kept";
    return isClosed && (isSettled || !isPlayed);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return joined(this.pieces);
  }

  append(piece: ArrayBuffer, isLast: boolean): void {
    this.pieces.push(piece);
    this.current = {
      ...this.current,
      bytes: this.current.bytes + piece.byteLength,
      isClosed: isLast,
    };
    this.write(piece);
    if (isLast || this.isWanted) this.save();
  }

  /** Send what there is, and from now on all that comes. */
  keepSaving(): void {
    this.isWanted = true;
    this.save();
  }

  /** Send what there is. */
  save(): void {
    if (this.isOver || !this.current.isPlayed) return;
    if (this.uploader !== null) this.uploader.want();
    else this.setState({ name: "kept" });
  }

  /** A game has begun: what comes is sent when it ends. */
  begun(): void {
    this.isWanted = false;
    this.current = { ...this.current, isPlayed: true };
    this.write(null);
  }

  /** Try again at once what has failed. */
  retry(): void {
    if (["retrying", "given_up"].includes(this.state.name)) this.uploader?.want();
  }

  /** The page is about to be closed: send what can be sent still. */
  saveWhileClosing(): void {
    const { token, bytes, savedBytes, isPlayed, refusal } = this.current;
    if (token === null || refusal !== null || bytes <= savedBytes || !isPlayed) return;
    putWhileClosing(this.options.fetch, this.upload());
  }

  private upload(): Upload {
    const { matchId, peer, token } = this.current;
    return { matchId, peer, token: token ?? "", bytes: this.bytes() };
  }

  private onUpload(state: UploadState): void {
    if (state.name === "saved") this.current = { ...this.current, savedBytes: state.bytes };
    if (state.name === "refused") this.current = { ...this.current, refusal: state.reason };
    if (state.name === "saved" || state.name === "refused") this.write(null);
    this.setState(state);
  }

  private setState(state: RecordState): void {
    this.state = state;
    this.options.onState(state);
  }

  private write(piece: ArrayBuffer | null): void {
    const { current } = this;
    const number = this.pieces.length - 1;
    this.written = this.written.then(async () => {
      try {
        await (await this.store)?.put(current, number, piece);
      } catch {
        // No room, say: the record in memory is sent all the same.
      }
    });
  }
}

export function joined(pieces: readonly ArrayBuffer[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(new Uint8Array(piece), at);
    at += piece.byteLength;
  }
  return whole;
}
