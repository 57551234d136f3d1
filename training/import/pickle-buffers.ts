import { trainingError } from '../errors.js';

/** How the argument of a pickle opcode is stored. */
type Argument =
  | { readonly kind: 'fixed'; readonly bytes: number }
  /** A length of so many bytes, little-endian, then as many bytes of text. */
  | { readonly kind: 'counted'; readonly lengthBytes: number }
  | { readonly kind: 'lines'; readonly lines: number };

const fixed = (bytes: number): Argument => ({ kind: 'fixed', bytes });
const counted = (lengthBytes: number): Argument => ({ kind: 'counted', lengthBytes });
const lines = (count: number): Argument => ({ kind: 'lines', lines: count });

/** Every opcode of pickle protocols 0 to 5 with its argument (Python's Lib/pickletools.py documents them). */
const opcodes: ReadonlyMap<number, Argument> = new Map(
  [
    ...Array.from(
      '()0NR}]\u0085\u0086\u0087\u0088\u0089.auetsdbo1l2\u0081\u008f\u0090\u0091\u0092\u0093\u0094\u0097\u0098Q',
      (c) => [c, fixed(0)] as const,
    ),
    ['K', fixed(1)],
    ['h', fixed(1)],
    ['q', fixed(1)],
    ['\u0080', fixed(1)],
    ['\u0082', fixed(1)],
    ['M', fixed(2)],
    ['\u0083', fixed(2)],
    ['J', fixed(4)],
    ['j', fixed(4)],
    ['r', fixed(4)],
    ['\u0084', fixed(4)],
    ['G', fixed(8)],
    ['\u0095', fixed(8)],
    ['\u008a', counted(1)],
    ['\u008b', counted(4)],
    ['U', counted(1)],
    ['T', counted(4)],
    ['C', counted(1)],
    ['B', counted(4)],
    ['\u008e', counted(8)],
    ['\u0096', counted(8)],
    ['\u008c', counted(1)],
    ['X', counted(4)],
    ['\u008d', counted(8)],
    ['I', lines(1)],
    ['L', lines(1)],
    ['F', lines(1)],
    ['S', lines(1)],
    ['V', lines(1)],
    ['P', lines(1)],
    ['g', lines(1)],
    ['p', lines(1)],
    ['c', lines(2)],
    ['i', lines(2)],
  ].map(([character, argument]) => [(character as string).charCodeAt(0), argument as Argument]),
);

const byteStrings = new Set(['C', 'B', '\u008e', '\u0096'].map((c) => c.charCodeAt(0)));
const stop = '.'.charCodeAt(0);

/**
 * The byte strings in a Python pickle, longest first. The pickle is read as a list of opcodes and never executed: nothing is
 * imported, called or built.
 * @param name of the file, for messages
 * @throws TrainingError TRAIN_IMPORT when the bytes are no pickle or end too early
 */
export function pickleBuffers(bytes: Uint8Array, name: string): readonly Uint8Array[] {
  const reader = new PickleReader(bytes, name);
  const found: Uint8Array[] = [];
  for (;;) {
    const [opcode] = reader.take(1) as unknown as [number];
    if (opcode === stop) return found.sort((a, b) => b.length - a.length);
    const argument = opcodes.get(opcode);
    if (argument === undefined) throw trainingError('TRAIN_IMPORT', name, 'it is no Python pickle');
    const content = reader.argument(argument);
    if (byteStrings.has(opcode)) found.push(content);
  }
}

class PickleReader {
  #at = 0;
  readonly #view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly name: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(count: number): Uint8Array {
    if (count > this.bytes.length - this.#at) {
      throw trainingError('TRAIN_IMPORT', this.name, 'it is a Python pickle that is cut off');
    }
    this.#at += count;
    return this.bytes.subarray(this.#at - count, this.#at);
  }

  /** What follows an opcode; of counted arguments the content alone. */
  argument(argument: Argument): Uint8Array {
    switch (argument.kind) {
      case 'fixed':
        return this.take(argument.bytes);
      case 'counted':
        return this.take(this.#length(argument.lengthBytes));
      case 'lines':
        for (let k = 1; k < argument.lines; k++) this.#line();
        return this.#line();
    }
  }

  #line(): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.#at);
    return this.take(end === -1 ? this.bytes.length : end + 1 - this.#at);
  }

  #length(bytes: number): number {
    const at = this.#at;
    this.take(bytes);
    if (bytes === 1) return this.#view.getUint8(at);
    return bytes === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true));
  }
}
