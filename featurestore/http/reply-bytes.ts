/** A reply's text as UTF-8, written piece by piece into one buffer. */
export class ReplyBytes {
  #bytes: Buffer;
  #length = 0;

  /** @param room bytes expected; more are made when needed */
  constructor(room: number) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(room, 1024));
  }

  get length(): number {
    return this.#length;
  }

  /** For those who write into room that they reserved, and then say up to where. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  advance(length: number): void {
    this.#length = length;
  }

  /** Makes room for so many bytes more. */
  reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(wider, 0, 0, this.#length);
    this.#bytes = wider;
  }

  text(text: string): void {
    // a unit of UTF-16 takes three bytes at most
    this.reserve(text.length * 3);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  bytesOf(piece: Uint8Array): void {
    this.reserve(piece.length);
    this.#bytes.set(piece, this.#length);
    this.#length += piece.length;
  }

  /** What was written; nothing may be written afterwards. */
  end(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
