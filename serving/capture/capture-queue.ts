import type { CaptureFiles } from './capture-files.js';
import type { CapturedRequest } from './captured-row.js';

/** Values that wait to be written, over all rows: 16 MB. */
const mostWaiting = 2_000_000;
/** Values that are made into text at a time, so that no request waits for long. */
const valuesATime = 8192;
const everyMs = 100;

/** What is counted. */
export interface CaptureCounts {
  /** Rows written. */
  readonly written: number;
  /** Rows that were chosen, and lost: too many were waiting, or writing had stopped. */
  readonly dropped: number;
  /** Whether writing has stopped because it failed. */
  readonly stopped: boolean;
}

/** Rows between a request and the files: taking one in only notes it, text is made and written later, a little at a time. */
export class CaptureQueue {
  readonly #files: Pick<CaptureFiles, 'write' | 'close'>;
  readonly #lineOf: (captured: CapturedRequest, row: number) => string;
  readonly #onTrouble: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #waiting: CapturedRequest[] = [];
  #values = 0;
  /** First row of the oldest request that is not written. */
  #row = 0;
  #written = 0;
  #dropped = 0;
  #stopped = false;
  #draining: Promise<void> | undefined;

  /**
   * @param lineOf    one row as a line
   * @param onTrouble told once, when writing fails; after that everything is dropped
   */
  constructor(
    files: Pick<CaptureFiles, 'write' | 'close'>,
    lineOf: (captured: CapturedRequest, row: number) => string,
    onTrouble: (error: unknown) => void,
  ) {
    this.#lineOf = lineOf;
    this.#files = files;
    this.#onTrouble = onTrouble;
    this.#timer = setInterval(() => void this.#drain(), everyMs);
    this.#timer.unref();
  }

  /** Rows written and dropped so far. */
  get counts(): CaptureCounts {
    return { written: this.#written, dropped: this.#dropped, stopped: this.#stopped };
  }

  /** Whether so many values would be taken in; their rows are counted as dropped when not. */
  hasRoom(values: number, rows: number): boolean {
    const room = !this.#stopped && this.#values + values <= mostWaiting;
    if (!room) this.#dropped += rows;
    return room;
  }

  /** Takes a request in, whose arrays are its own. */
  add(captured: CapturedRequest): void {
    this.#values += captured.rows.length;
    this.#waiting.push(captured);
  }

  /** Writes what waits, and closes the file. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#drain();
    await this.#drain();
    const failed = this.#stopped;
    this.#stopped = true;
    await this.#files.close().catch((error: unknown) => {
      if (!failed) this.#onTrouble(error);
    });
  }

  #drain(): Promise<void> {
    this.#draining ??= this.#writeAll().finally(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#stopped) {
      const { text, rows } = this.#takeSome();
      try {
        await this.#files.write(text);
        this.#written += rows;
      } catch (error) {
        this.#stop(rows);
        this.#onTrouble(error);
      }
    }
  }

  #takeSome(): { readonly text: string; readonly rows: number } {
    const lines: string[] = [];
    let values = 0;
    while (values < valuesATime) {
      const [first] = this.#waiting;
      if (first === undefined) break;
      lines.push(this.#lineOf(first, this.#row++));
      values += first.predictions.length === 0 ? 1 : first.rows.length / first.predictions.length;
      if (this.#row < first.predictions.length) continue;
      this.#waiting.shift();
      this.#values -= first.rows.length;
      this.#row = 0;
    }
    return { text: lines.join(''), rows: lines.length };
  }

  /** @param lost rows that were being written */
  #stop(lost: number): void {
    this.#stopped = true;
    this.#dropped += lost - this.#row;
    for (const { predictions } of this.#waiting) this.#dropped += predictions.length;
    this.#waiting.length = 0;
    this.#values = 0;
    this.#row = 0;
  }
}
