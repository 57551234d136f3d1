import dicomParser, { type DataSet } from 'dicom-parser';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Whole numbers from 0 to below `n`, the same ones for the same seed. */
export type Below = (n: number) => number;

export function seededNumbers(seed: number): Below {
  const random = xoroshiro128plus(seed);
  return (n) => (n <= 1 ? 0 : uniformInt(random, 0, n - 1));
}

/** What is done to a file; each gives a damaged copy. */
export const mutationNames = [
  'bit flips',
  'bytes',
  'truncation',
  'lengths',
  'swapped tags',
  'values',
  'chunks',
] as const;
export type MutationName = (typeof mutationNames)[number];

/** A damaged copy of a file. */
export interface Mutation {
  readonly name: MutationName;
  readonly bytes: Buffer;
}

/** Damages a file in one way, sometimes (one time in four) in a second one. */
export function mutate(original: Uint8Array, below: Below): Mutation {
  const name = mutationNames[below(mutationNames.length)] as MutationName;
  const once = apply(name, Buffer.from(original), below);
  const bytes = below(4) === 0 ? apply(mutationNames[below(3)] as MutationName, once, below) : once;
  return { name, bytes };
}

const byteValues = [0, 1, 0x7f, 0x80, 0xfe, 0xff];
const sizes = [0, 1, 2, 3, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const texts = ['-1', '0', '1e308', '1e-308', 'nan', '', '999999999', '0x10', '1\\2\\3\\4', '65536', '-0.0', '1e9'];

function apply(name: MutationName, bytes: Buffer, below: Below): Buffer {
  if (bytes.length < 8) return bytes;
  switch (name) {
    case 'bit flips':
      for (let i = below(3); i >= 0; i--) {
        const at = below(bytes.length);
        bytes[at] = (bytes[at] as number) ^ (1 << below(8));
      }
      return bytes;
    case 'bytes':
      for (let i = below(4); i >= 0; i--) bytes[below(bytes.length)] = byteValues[below(byteValues.length)] as number;
      return bytes;
    case 'truncation':
      return bytes.subarray(0, below(bytes.length));
    case 'chunks':
      return movedChunk(bytes, below);
    default:
      return structured(name, bytes, below);
  }
}

/** A piece left out, doubled or filled with one byte. */
function movedChunk(bytes: Buffer, below: Below): Buffer {
  const at = below(bytes.length);
  const length = 1 + below(Math.min(64, bytes.length - at));
  const [before, piece, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
  const kind = below(3);
  if (kind === 0) return Buffer.concat([before, after]);
  if (kind === 1) return Buffer.concat([before, piece, piece, after]);
  return Buffer.concat([before, Buffer.alloc(length, byteValues[below(byteValues.length)]), after]);
}

type Structured = 'lengths' | 'swapped tags' | 'values';

/** Lies at places that mean something: lengths, tags and values of elements, header fields, header lines. */
function structured(name: Structured, bytes: Buffer, below: Below): Buffer {
  if (bytes.subarray(0, 4).toString('latin1') === 'NRRD') return nrrdLie(name, bytes, below);
  const places = dicomPlaces(bytes);
  if (places.length < 2) return headerLie(bytes, below);
  const place = places[below(places.length)] as Place;
  const other = places[below(places.length)] as Place;
  if (name === 'swapped tags') {
    const tag = Buffer.from(bytes.subarray(place.tagAt, place.tagAt + 4));
    bytes.copy(bytes, place.tagAt, other.tagAt, other.tagAt + 4);
    tag.copy(bytes, other.tagAt);
    return bytes;
  }
  if (name === 'lengths') {
    const lie = [...sizes, place.length + 1, place.length + 2, place.length - 1, place.length * 2][
      below(sizes.length + 4)
    ];
    if (place.lengthBytes === 2) bytes.writeUInt16LE((lie as number) & 0xffff, place.valueAt - 2);
    else bytes.writeUInt32LE((lie as number) >>> 0, place.valueAt - 4);
    return bytes;
  }
  if (place.length >= 2 && place.length <= 4 && below(2) === 0) {
    bytes.writeUInt16LE((sizes[below(sizes.length)] as number) & 0xffff, place.valueAt);
  } else {
    const text = (texts[below(texts.length)] as string).padEnd(place.length, ' ').slice(0, place.length);
    bytes.write(text, place.valueAt, 'latin1');
  }
  return bytes;
}

interface Place {
  readonly tagAt: number;
  readonly valueAt: number;
  readonly length: number;
  readonly lengthBytes: 2 | 4;
}

/** Where the elements of a little endian file lie, those in sequences and the fragments of pixels included. */
function dicomPlaces(bytes: Buffer): readonly Place[] {
  try {
    const places: Place[] = [];
    collect(dicomParser.parseDicom(bytes), places, bytes.length);
    return places;
  } catch {
    return [];
  }
}

const shortVrs = /^(AE|AS|AT|CS|DA|DS|DT|FL|FD|IS|LO|LT|PN|SH|SL|SS|ST|TM|UI|UL|US)$/;

function collect(dataSet: DataSet, places: Place[], end: number): void {
  for (const element of Object.values(dataSet.elements)) {
    const { dataOffset, length, vr } = element;
    const lengthBytes = vr !== undefined && shortVrs.test(vr) ? 2 : 4;
    const head = vr === undefined || lengthBytes === 2 ? 8 : 12;
    if (dataOffset >= head && dataOffset + Math.max(4, length) <= end) {
      places.push({ tagAt: dataOffset - head, valueAt: dataOffset, length, lengthBytes });
    }
    for (const fragment of element.fragments ?? []) {
      const { position, length: size } = fragment;
      if (position + size <= end) places.push({ tagAt: position - 8, valueAt: position, length: size, lengthBytes: 4 });
    }
    for (const item of element.items ?? []) if (item.dataSet !== undefined) collect(item.dataSet, places, end);
  }
}

/** A number of a binary header (NIfTI; a deflated or big endian data set) set to an extreme, in either width. */
function headerLie(bytes: Buffer, below: Below): Buffer {
  const at = 2 * below(Math.min(bytes.length - 8, 560) >> 1);
  const lie = sizes[below(sizes.length)] as number;
  const kind = below(4);
  if (kind === 0) bytes.writeUInt16LE(lie & 0xffff, at);
  else if (kind === 1) bytes.writeUInt32LE(lie, at);
  else if (kind === 2) bytes.writeFloatLE([Number.NaN, Infinity, -1, 0, 1e30, 1e-30][below(6)] as number, at);
  else bytes.writeDoubleLE([Number.NaN, Infinity, -1, 0, 1e300, 1e-300][below(6)] as number, at);
  return bytes;
}

/** A number of the text header changed, or the values of two lines exchanged. */
function nrrdLie(name: Structured, bytes: Buffer, below: Below): Buffer {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\n\n');
  if (end < 0) return bytes;
  const lines = text.slice(0, end).split('\n');
  const i = 1 + below(lines.length - 1);
  if (name === 'swapped tags') {
    const j = 1 + below(lines.length - 1);
    const [a, b] = [(lines[i] as string).split(': '), (lines[j] as string).split(': ')];
    [lines[i], lines[j]] = [`${a[0]}: ${b[1] ?? ''}`, `${b[0]}: ${a[1] ?? ''}`];
  } else {
    const numbers = [...(lines[i] as string).matchAll(/-?\d+(\.\d+)?/g)];
    const number = numbers[below(numbers.length)];
    const lie = name === 'lengths' ? String(sizes[below(sizes.length)]) : (texts[below(texts.length)] as string);
    if (number === undefined) lines[i] = `${lines[i]} ${lie}`;
    else lines[i] = `${lines[i]?.slice(0, number.index)}${lie}${lines[i]?.slice(number.index + number[0].length)}`;
  }
  return Buffer.concat([Buffer.from(lines.join('\n'), 'latin1'), bytes.subarray(end)]);
}
