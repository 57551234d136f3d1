import type { PackedRecord, RecordLayout } from '../contract/index.js';
import type { ReplyBytes } from './reply-bytes.js';

/** How a reply writes the values of a record. */
export interface ValueStyle {
  /** The bracket before the values and the one after them. */
  readonly brackets: '[]' | '{}';
  /** What stands before the value of a feature, and what after it; ASCII. */
  readonly before: (name: string) => string;
  readonly after: string;
  /** A number without digits in JSON (missing, infinite), or a missing text, as JSON; undefined leaves the feature out. */
  readonly special: (value: number | null) => string | undefined;
  /** JSON of a text, a record id or a time. */
  readonly text: (value: string) => string;
  readonly eventTime: (ms: number) => string;
}

type Feature = RecordLayout['features'][number];

interface WrittenFeature extends Feature {
  /** With a comma in front. */
  readonly before: Buffer;
  /** Where its number is among those whose digits are made at once; undefined for anything else. */
  readonly digitsAt: number | undefined;
}

/** The longest text of a float64 in JSON has 24 bytes; a comma follows. */
const longestNumber = 25;
const comma = ','.charCodeAt(0);
const bracket = ']'.charCodeAt(0);
const letterN = 'n'.charCodeAt(0);

/**
 * Writes the values of packed records of one layout. The digits of all numbers of a record are made by one call of JSON.stringify, which
 * makes no text for each of them, and are then copied behind the names, which are bytes already.
 */
export class ValueWriter {
  readonly #features: readonly WrittenFeature[];
  /** Where the numbers lie in a row, in the order of `#plain`. */
  readonly #slots: readonly number[];
  readonly #plain: number[];
  readonly #digits: Buffer;
  readonly #after: Buffer;
  /** Bytes that a record takes without its texts. */
  readonly room: number;

  constructor(
    layout: RecordLayout,
    private readonly style: ValueStyle,
  ) {
    const slots: number[] = [];
    this.#features = layout.features.map((feature) => {
      const { name, from, type } = feature;
      const isNumber = typeof from === 'object' && from.list === 'numbers' && type !== 'timestamp';
      const digitsAt = isNumber ? slots.push(from.index) - 1 : undefined;
      return { ...feature, before: Buffer.from(`,${style.before(name)}`, 'latin1'), digitsAt };
    });
    this.#slots = slots;
    this.#plain = new Array<number>(slots.length).fill(0);
    this.#digits = Buffer.allocUnsafeSlow(slots.length * longestNumber + 2);
    this.#after = Buffer.from(style.after, 'latin1');
    this.room = this.#features.reduce((sum, f) => sum + f.before.length + longestNumber + this.#after.length, 2);
  }

  write(record: PackedRecord, reply: ReplyBytes): void {
    const [open, close] = this.style.brackets;
    this.#makeDigits(record);
    const start = reply.length;
    let next = 1;
    for (const feature of this.#features) {
      const { before, digitsAt } = feature;
      if (digitsAt === undefined) this.#writeText(before, this.#textOf(record, feature), reply);
      else if (this.#digits[next] !== letterN) next = this.#writeDigits(before, next, reply);
      else {
        this.#writeText(before, this.style.special(this.#plain[digitsAt] as number), reply);
        next += 'null,'.length;
      }
    }
    // the first comma makes way for the bracket
    if (reply.length === start) reply.text(open as string);
    else reply.bytes[start] = (open as string).charCodeAt(0);
    reply.text(close as string);
  }

  /** Copies the digits that begin at `next`. @returns where the next ones begin */
  #writeDigits(before: Buffer, next: number, reply: ReplyBytes): number {
    const [digits, after] = [this.#digits, this.#after];
    reply.reserve(before.length + longestNumber + after.length);
    const { bytes } = reply;
    let at = reply.length;
    bytes.set(before, at);
    at += before.length;
    let from = next;
    for (let digit = digits[from++]; digit !== comma && digit !== bracket; digit = digits[from++]) {
      bytes[at++] = digit as number;
    }
    for (let i = 0; i < after.length; i++) bytes[at++] = after[i] as number;
    reply.advance(at);
    return from;
  }

  #writeText(before: Buffer, text: string | undefined, reply: ReplyBytes): void {
    if (text === undefined) return;
    reply.bytesOf(before);
    reply.text(text);
    reply.bytesOf(this.#after);
  }

  #makeDigits({ values }: PackedRecord): void {
    const [plain, slots] = [this.#plain, this.#slots];
    for (let i = 0; i < slots.length; i++) plain[i] = values?.numbers[slots[i] as number] ?? Number.NaN;
    this.#digits.write(JSON.stringify(plain), 0, 'latin1');
  }

  #textOf({ id, eventTimeMs, values }: PackedRecord, { from, type }: Feature): string | undefined {
    const { style } = this;
    if (from === 'id') return style.text(id);
    if (from === 'event-time') return style.eventTime(eventTimeMs);
    const value = from === undefined ? null : (values?.[from.list][from.index] ?? null);
    if (value === null || Number.isNaN(value)) return style.special(null);
    return style.text(
      typeof value === 'number' && type === 'timestamp' ? new Date(value).toISOString() : String(value),
    );
  }
}

/** The writers of one style by layout: made once for whole records, whose layout stays. */
export function valueWriters(style: ValueStyle): (layout: RecordLayout) => ValueWriter {
  const known = new WeakMap<RecordLayout, ValueWriter>();
  return (layout) => {
    const there = known.get(layout);
    if (there !== undefined) return there;
    const made = new ValueWriter(layout, style);
    known.set(layout, made);
    return made;
  };
}
