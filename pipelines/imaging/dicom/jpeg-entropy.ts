/** Huffman code of T.81 annex C, to be read bit by bit: codes of one length are consecutive numbers. */
export interface HuffmanTable {
  /** By code length 1 to 16: one more than the highest code of that length, -1 when there is none. */
  readonly end: Int32Array;
  /** By code length: what to add to a code for its place among the symbols. */
  readonly shift: Int32Array;
  readonly symbols: Uint8Array;
}

/** @param counts number of codes of each length 1 to 16 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const end = new Int32Array(17).fill(-1);
  const shift = new Int32Array(17);
  let [code, place] = [0, 0];
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1] as number;
    shift[length] = place - code;
    if (count > 0) end[length] = code + count;
    code = (code + count) << 1;
    place += count;
  }
  return { end, shift, symbols };
}

/** Bits of an entropy-coded segment, T.81 F.2.2: a zero byte after FF is stuffing, any other is a marker that ends it. */
export class EntropyBits {
  private held = 0;
  private count = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  /** @throws Error at the end of the segment: nothing is made up for bits that are not there */
  private bit(): number {
    if (this.count === 0) {
      const byte = this.bytes[this.at];
      if (byte === undefined || (byte === 0xff && this.bytes[this.at + 1] !== 0)) throw new Error('it ends too early');
      this.at += byte === 0xff ? 2 : 1;
      this.held = byte;
      this.count = 8;
    }
    this.count--;
    return (this.held >> this.count) & 1;
  }

  symbol(table: HuffmanTable): number {
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      code = (code << 1) | this.bit();
      if (code < (table.end[length] as number)) {
        const symbol = table.symbols[code + (table.shift[length] as number)];
        if (symbol !== undefined) return symbol;
      }
    }
    throw new Error('a code is in no Huffman table');
  }

  /** A number of `size` bits; those that start with 0 are negative (T.81 F.2.2.1, EXTEND). */
  signed(size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value = (value << 1) | this.bit();
    return size > 0 && value < 2 ** (size - 1) ? value - 2 ** size + 1 : value;
  }

  /** Steps over a restart marker. */
  restart(): void {
    this.count = 0;
    const marker = this.bytes[this.at + 1] as number;
    if (this.bytes[this.at] !== 0xff || marker < 0xd0 || marker > 0xd7) throw new Error('a restart marker is missing');
    this.at += 2;
  }
}
