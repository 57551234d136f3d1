import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { systemReason } from '../../system-reason.js';
import { ServingError, servingErrors } from '../errors.js';
import { holdFile } from '../files/durable-file.js';
import { type AuditEntry, chainStart, type Link, lineAfter, readLine, sha256 } from './entry.js';

const flushMs = 50;
/** More of them at once would keep requests waiting for longer than a few of them take. */
const mostQueued = 64;
/** Longer than any line. */
const tailBytes = 1 << 16;

/** An append-only log in which every line holds the hash of the one before. Entries are queued and written every 50 ms, and whenever 64 wait. */
export class AuditLog {
  readonly #fd: number;
  readonly #release: () => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;
  #link: Link;
  #queue: string[] = [];
  #failure: string | undefined;
  #closed = false;
  /** The time of the last entry: many entries have it in common. */
  #time = { ms: Number.NaN, text: '' };

  private constructor(fd: number, link: Link, release: () => Promise<void>, now: () => number) {
    this.#fd = fd;
    this.#link = link;
    this.#release = release;
    this.#now = now;
    this.#timer = setInterval(() => this.flush(), flushMs);
    this.#timer.unref();
  }

  /**
   * Opens a log at its end, making it when there is none. A last line that an ended process left unfinished is closed and noted.
   * @param now the clock of the entries, in milliseconds since 1970 UTC
   * @throws ServingError SERVING_AUDIT_FILE when another process writes it, its last line was changed, or the system refuses
   */
  static async open(file: string, now: () => number = Date.now): Promise<AuditLog> {
    const unusable = (what: string) =>
      new ServingError('SERVING_AUDIT_FILE', servingErrors.SERVING_AUDIT_FILE(basename(file), what));
    let release: (() => Promise<void>) | undefined;
    try {
      await mkdir(dirname(file), { recursive: true });
      release = await holdFile(file);
      if (release === undefined) throw unusable('another process writes it');
      const end = await endOf(file);
      if (end === undefined) throw unusable('its last whole line was changed; keep it, and give another file');
      const log = new AuditLog(openSync(file, 'a', 0o600), end.link, release, now);
      if (end.torn.byteLength > 0) {
        log.#queue.push('\n');
        log.append({ kind: 'torn', bytes: end.torn.byteLength, sha256: sha256(end.torn) });
        log.flush();
      }
      return log;
    } catch (error) {
      await release?.();
      throw error instanceof ServingError ? error : unusable(systemReason(error));
    }
  }

  /** Why entries cannot be written any more; undefined while they can. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Number and hash of the last entry. */
  get last(): Link {
    return this.#link;
  }

  /** Queues an entry. */
  append(entry: AuditEntry): void {
    const ms = this.#now();
    if (ms !== this.#time.ms) this.#time = { ms, text: new Date(ms).toISOString() };
    const { line, link } = lineAfter(this.#link, this.#time.text, entry);
    this.#link = link;
    if (this.#queue.push(line) >= mostQueued) this.flush();
  }

  /** Writes what is queued; what the system did not take stays queued, and `failure` says why. */
  flush(): void {
    if (this.#queue.length === 0 || this.#closed) return;
    let rest = Buffer.from(this.#queue.join(''));
    try {
      while (rest.byteLength > 0) rest = rest.subarray(writeSync(this.#fd, rest));
      this.#queue = [];
      this.#failure = undefined;
    } catch (error) {
      this.#queue = [rest.toString('utf8')];
      this.#failure = systemReason(error);
    }
  }

  /** Writes what is queued through to the disk and gives the file back. */
  async close(): Promise<void> {
    if (this.#closed) return;
    clearInterval(this.#timer);
    this.flush();
    this.#closed = true;
    fsyncSync(this.#fd);
    closeSync(this.#fd);
    await this.#release();
  }
}

/** The last whole entry of a file and the bytes behind it; undefined when that line does not hold what its hash says. */
async function endOf(file: string): Promise<{ readonly link: Link; readonly torn: Uint8Array } | undefined> {
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    await handle.read(tail, 0, tail.byteLength, size - tail.byteLength);
    const end = tail.lastIndexOf(0x0a);
    const torn = Buffer.from(tail.subarray(end + 1));
    if (end < 0) return { link: chainStart, torn };
    const start = tail.lastIndexOf(0x0a, end - 1) + 1;
    const last = readLine(tail.toString('utf8', start, end));
    return last === undefined ? undefined : { link: last.link, torn };
  } finally {
    await handle.close();
  }
}
