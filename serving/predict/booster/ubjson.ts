import { notAModel } from './model-json.js';

/** Bytes of the numeric types, and how to read one (big-endian). */
const numericTypes: Readonly<Record<string, readonly [bytes: number, read: (view: DataView, at: number) => number]>> = {
  i: [1, (view, at) => view.getInt8(at)],
  U: [1, (view, at) => view.getUint8(at)],
  I: [2, (view, at) => view.getInt16(at)],
  l: [4, (view, at) => view.getInt32(at)],
  L: [8, (view, at) => Number(view.getBigInt64(at))],
  d: [4, (view, at) => view.getFloat32(at)],
  D: [8, (view, at) => view.getFloat64(at)],
};

/** Objects inside objects beyond which a document is refused: XGBoost's have fewer than ten. */
const deepest = 64;

/**
 * Reads UBJSON (draft 12) as XGBoost writes it: objects and lists, texts, numbers in big-endian order, and lists of one
 * numeric type with their length in front, which become Float64Array.
 * @throws PredictError PREDICT_NOT_A_MODEL when the bytes are no UBJSON or end too early
 * @see https://ubjson.org/type-reference/
 */
export function parseUbjson(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.value(reader.marker(), 0);
  reader.end();
  return value;
}

class Reader {
  #at = 0;
  readonly #view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next type marker; `N` (no operation) is passed over. */
  marker(): string {
    for (;;) {
      this.#need(1);
      const marker = String.fromCharCode(this.bytes[this.#at++] as number);
      if (marker !== 'N') return marker;
    }
  }

  end(): void {
    if (this.#at !== this.bytes.length) notAModel(`${this.bytes.length - this.#at} bytes follow its end`);
  }

  value(marker: string, depth: number): unknown {
    if (depth > deepest) notAModel(`its parts are nested more than ${deepest} deep`);
    switch (marker) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#list(depth);
      case 'S':
        return this.#text();
      case 'C':
        this.#need(1);
        return String.fromCharCode(this.bytes[this.#at++] as number);
      case 'T':
        return true;
      case 'F':
        return false;
      case 'Z':
        return null;
      default:
        return this.#number(marker);
    }
  }

  #object(depth: number): Record<string, unknown> {
    const found: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    const count = this.#countAfterHash();
    for (let k = 0; count === undefined || k < count; k++) {
      if (count === undefined && this.#peek() === '}') {
        this.#at++;
        break;
      }
      const key = this.#text();
      found[key] = this.value(this.marker(), depth + 1);
    }
    return found;
  }

  #list(depth: number): unknown {
    if (this.#peek() === '$') {
      this.#at++;
      const type = this.marker();
      const count = this.#countAfterHash();
      if (count === undefined) return notAModel('a list has a type but no length');
      return this.#numbers(type, count);
    }
    const count = this.#countAfterHash();
    const items: unknown[] = [];
    while (count === undefined || items.length < count) {
      if (count === undefined && this.#peek() === ']') {
        this.#at++;
        break;
      }
      items.push(this.value(this.marker(), depth + 1));
    }
    return items;
  }

  #numbers(type: string, count: number): Float64Array {
    const [size, read] = this.#numeric(type);
    this.#need(count * size);
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) values[i] = read(this.#view, this.#at + i * size);
    this.#at += count * size;
    return values;
  }

  #countAfterHash(): number | undefined {
    if (this.#peek() !== '#') return undefined;
    this.#at++;
    return this.#length();
  }

  #text(): string {
    const length = this.#length();
    this.#need(length);
    const text = new TextDecoder().decode(this.bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
    return text;
  }

  #length(): number {
    const length = this.#number(this.marker());
    if (!Number.isInteger(length) || length < 0) notAModel(`a length in it is ${length}`);
    return length;
  }

  #number(marker: string): number {
    const [size, read] = this.#numeric(marker);
    this.#need(size);
    const value = read(this.#view, this.#at);
    this.#at += size;
    return value;
  }

  #numeric(marker: string): readonly [number, (view: DataView, at: number) => number] {
    const known = Object.hasOwn(numericTypes, marker) ? numericTypes[marker] : undefined;
    return known ?? notAModel(`byte ${this.#at - 1} is no UBJSON type`);
  }

  #peek(): string {
    this.#need(1);
    return String.fromCharCode(this.bytes[this.#at] as number);
  }

  #need(count: number): void {
    if (this.#at + count <= this.bytes.length) return;
    notAModel(`it ends at byte ${this.bytes.length}, where more is announced`);
  }
}
