import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** How much is kept. */
export interface CaptureLimits {
  /** Of one file; a greater one is closed and the next begun. */
  readonly fileBytes: number;
  /** In the folder; the oldest are deleted. */
  readonly files: number;
}

/** `capture-<time>-<process>-<number>.jsonl`: names sort by the time at which files were begun. */
const fileName = /^capture-\d{8}T\d{9}Z-\d+-\d+\.jsonl$/;

/** JSON lines in files of bounded size and number, readable by their owner only. One call at a time. */
export class CaptureFiles {
  readonly #folder: string;
  readonly #limits: CaptureLimits;
  readonly #now: () => number;
  #open: { readonly handle: FileHandle; readonly name: string; bytes: number } | undefined;
  #begun = 0;

  /** @param now milliseconds since 1970 UTC */
  constructor(folder: string, limits: CaptureLimits, now: () => number = Date.now) {
    this.#folder = folder;
    this.#limits = limits;
    this.#now = now;
  }

  /** Makes the folder and the first file. @throws the system's error */
  async begin(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#next();
  }

  /** Appends whole lines. @throws the system's error: the disk is full, the folder is gone */
  async write(lines: string): Promise<void> {
    const bytes = Buffer.from(lines);
    const full = this.#open !== undefined && this.#open.bytes > 0;
    if (full && (this.#open?.bytes ?? 0) + bytes.byteLength > this.#limits.fileBytes) await this.#next();
    const file = this.#open;
    if (file === undefined) throw new Error('no file is open');
    await file.handle.appendFile(bytes);
    file.bytes += bytes.byteLength;
  }

  /** Writes through to the disk. */
  async close(): Promise<void> {
    const file = this.#open;
    this.#open = undefined;
    if (file === undefined) return;
    try {
      await file.handle.sync();
    } finally {
      await file.handle.close();
      if (file.bytes === 0) await rm(join(this.#folder, file.name), { force: true });
    }
  }

  async #next(): Promise<void> {
    await this.close();
    const time = new Date(this.#now()).toISOString().replaceAll(/[-:.]/g, '');
    const name = `capture-${time}-${process.pid}-${String(++this.#begun).padStart(6, '0')}.jsonl`;
    this.#open = { handle: await open(join(this.#folder, name), 'wx', 0o600), name, bytes: 0 };
    const names = (await readdir(this.#folder)).filter((one) => fileName.test(one)).sort();
    for (const old of names.slice(0, Math.max(0, names.length - this.#limits.files))) {
      if (old !== name) await rm(join(this.#folder, old), { force: true });
    }
  }
}
