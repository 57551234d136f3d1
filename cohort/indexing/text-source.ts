import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

const headBytes = 64 * 1024;
/** A header line longer than this belongs to no table that this program reads. */
const longestHead = 16 * 1024 * 1024;

/**
 * The bytes of a file, unpacked when it is gzip-compressed, piece by piece.
 * @throws the system's or zlib's error while iterating
 */
export function fileChunks(path: string, gzip: boolean): AsyncIterable<Buffer> {
  const file = createReadStream(path);
  // pipeline() hands a read error on to the consumer of its last stream, which throws it.
  return gzip ? pipeline(file, createGunzip(), () => undefined) : file;
}

/** A text that is read once, from its beginning: first its head, then, when wanted, the rest. */
export class TextSource implements AsyncDisposable {
  private readonly iterator: AsyncIterator<Buffer>;
  private held: Buffer = Buffer.alloc(0);
  private ended = false;

  constructor(path: string, gzip: boolean) {
    this.iterator = fileChunks(path, gzip)[Symbol.asyncIterator]();
  }

  /** True once the head is the whole text. */
  get complete(): boolean {
    return this.ended;
  }

  /** At least 64 kB and two line ends, or all there is. */
  async head(): Promise<Buffer> {
    while (!this.ended && this.held.length < longestHead) {
      if (this.held.length >= headBytes && secondLineEnd(this.held) >= 0) break;
      const chunk = await this.next();
      if (chunk !== undefined) this.held = Buffer.concat([this.held, chunk]);
    }
    return this.held;
  }

  /** Everything, head included. */
  async whole(): Promise<Buffer> {
    const chunks = [this.held];
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) chunks.push(chunk);
    this.held = Buffer.concat(chunks);
    return this.held;
  }

  /** Number of lines that are not blank, head included; reads to the end. */
  async countLines(): Promise<number> {
    let lines = 0;
    let blank = true;
    const count = (chunk: Buffer) => {
      for (let i = 0; i < chunk.length; i++) {
        const byte = chunk[i] as number;
        if (byte === 0x0a) {
          if (!blank) lines++;
          blank = true;
        } else if (byte !== 0x0d) blank = false;
      }
    };
    count(this.held);
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) count(chunk);
    return blank ? lines : lines + 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.iterator.return?.();
  }

  private async next(): Promise<Buffer | undefined> {
    if (this.ended) return undefined;
    const { done, value } = await this.iterator.next();
    if (done === true) {
      this.ended = true;
      return undefined;
    }
    return value;
  }
}

function secondLineEnd(bytes: Buffer): number {
  const first = bytes.indexOf(0x0a);
  return first < 0 ? -1 : bytes.indexOf(0x0a, first + 1);
}
