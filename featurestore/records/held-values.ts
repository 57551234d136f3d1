import type { PackedRow } from '../contract/index.js';

/** Numbers of one slab, more when a row has more. */
const slabNumbers = 65_536;
/** What a row takes in a map beside its numbers, and a text beside its letters, in bytes, more or less. */
const [bytesOfEntry, bytesOfText] = [40, 32];

/**
 * The values of lines of the log that were read lately, up to a number of bytes. A line is never changed, and neither its number nor its
 * group's is ever used again: what is held cannot become wrong. Which line counts is asked elsewhere each time.
 *
 * Two halves: rows go into the younger; when it is full the older one is dropped and the younger becomes the older. A row that is found
 * in the older one goes into the younger again.
 */
export class HeldValues {
  #younger = new Half();
  #older = new Half();

  /** @param mostBytes 0 holds nothing */
  constructor(private readonly mostBytes: number) {}

  get(groupId: number, seq: number): PackedRow | undefined {
    const found = this.#younger.get(groupId, seq);
    if (found !== undefined) return found;
    const older = this.#older.get(groupId, seq);
    if (older !== undefined) this.add(groupId, seq, older);
    return older;
  }

  add(groupId: number, seq: number, row: PackedRow): void {
    const most = this.mostBytes / 2;
    const bytes = bytesOf(row);
    if (bytes > most) return;
    if (this.#younger.bytes + bytes > most) {
      this.#older = this.#younger;
      this.#younger = new Half();
    }
    this.#younger.add(groupId, seq, row, bytes);
  }
}

/** Numbers of many rows in few arrays, so that a million of them is nothing for the garbage collector to go through. */
class Half {
  bytes = 0;
  /** By group and line where a row's count of numbers stands, followed by them. */
  readonly #places = new Map<number, Map<number, number>>();
  readonly #texts = new Map<number, Map<number, PackedRow['texts']>>();
  readonly #slabs: Float64Array[] = [];
  #used = slabNumbers;

  get(groupId: number, seq: number): PackedRow | undefined {
    const place = this.#places.get(groupId)?.get(seq);
    if (place === undefined) return undefined;
    const slab = this.#slabs[Math.floor(place / slabNumbers)] as Float64Array;
    const start = (place % slabNumbers) + 1;
    const numbers = slab.subarray(start, start + (slab[start - 1] as number));
    return { numbers, texts: this.#texts.get(groupId)?.get(seq) ?? [] };
  }

  add(groupId: number, seq: number, { numbers, texts }: PackedRow, bytes: number): void {
    const needed = numbers.length + 1;
    if (this.#used + needed > slabNumbers) {
      this.bytes += Math.max(0, slabNumbers - this.#used) * 8;
      this.#slabs.push(new Float64Array(Math.max(slabNumbers, needed)));
      this.#used = 0;
    }
    const slab = this.#slabs.at(-1) as Float64Array;
    slab[this.#used] = numbers.length;
    slab.set(numbers, this.#used + 1);
    byGroup(this.#places, groupId).set(seq, (this.#slabs.length - 1) * slabNumbers + this.#used);
    if (texts.length > 0) byGroup(this.#texts, groupId).set(seq, texts);
    this.#used += needed;
    this.bytes += bytes;
  }
}

function byGroup<Value>(groups: Map<number, Map<number, Value>>, groupId: number): Map<number, Value> {
  const known = groups.get(groupId);
  if (known !== undefined) return known;
  const made = new Map<number, Value>();
  groups.set(groupId, made);
  return made;
}

function bytesOf({ numbers, texts }: PackedRow): number {
  let bytes = bytesOfEntry + (numbers.length + 1) * 8;
  for (const text of texts) bytes += bytesOfText + (text?.length ?? 0) * 2;
  return bytes;
}
