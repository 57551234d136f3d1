import { deflateRawSync } from 'node:zlib';

/** Writes small DICOM files for tests, byte by byte, so that a test says exactly what a reader is given. */

export interface Element {
  /** Eight hexadecimal digits: `00280010`. */
  readonly tag: string;
  readonly vr: string;
  /** Text; numbers of a binary VR; raw bytes; or the items of a sequence. */
  readonly value: string | readonly number[] | Uint8Array | readonly (readonly Element[])[];
  /** The value holds its own items and end mark: its length is written as undefined. */
  readonly undefinedLength?: boolean;
}

export const syntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  bigEndian: '1.2.840.10008.1.2.2',
} as const;

export const element = (tag: string, vr: string, value: Element['value']): Element => ({ tag, vr, value });

/** Pixel data in fragments, with a basic offset table (empty unless given). */
export function encapsulated(fragments: readonly Uint8Array[], offsets: readonly number[] = []): Element {
  const item = (bytes: Uint8Array) => {
    const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
    const head = Buffer.from([0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]);
    head.writeUInt32LE(padded.length, 4);
    return Buffer.concat([head, padded]);
  };
  const table = Buffer.alloc(4 * offsets.length);
  offsets.forEach((offset, i) => {
    table.writeUInt32LE(offset, 4 * i);
  });
  const end = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
  const value = Buffer.concat([table, ...fragments].map(item).concat([end]));
  return { tag: '7FE00010', vr: 'OB', value, undefinedLength: true };
}

/** A file with preamble and meta header. `uid` may be any transfer syntax; unknown ones are written explicit little endian. */
export function dicomFile(elements: readonly Element[], uid: string = syntaxes.explicit): Buffer {
  const meta = dataSet([element('00020010', 'UI', uid)], syntaxes.explicit);
  const length = dataSet([element('00020000', 'UL', [meta.length])], syntaxes.explicit);
  const body = dataSet(elements, uid);
  const written = uid === syntaxes.deflated ? deflateRawSync(body) : body;
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, meta, written]);
}

/** A data set without preamble or meta header. */
export function dataSet(elements: readonly Element[], uid: string): Buffer {
  const sorted = [...elements].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  return Buffer.concat(sorted.map((e) => encode(e, uid)));
}

function encode({ tag, vr, value, undefinedLength }: Element, uid: string): Buffer {
  const big = uid === syntaxes.bigEndian;
  const number = (n: number, size: 2 | 4) => {
    const bytes = Buffer.alloc(size);
    if (big) bytes.writeUIntBE(n, 0, size);
    else bytes.writeUIntLE(n, 0, size);
    return bytes;
  };
  const u16 = (n: number) => number(n, 2);
  const u32 = (n: number) => number(n, 4);
  const tagBytes = (hex: string) =>
    Buffer.concat([u16(parseInt(hex.slice(0, 4), 16)), u16(parseInt(hex.slice(4), 16))]);
  let body: Buffer;
  if (vr === 'SQ') {
    const items = value as readonly (readonly Element[])[];
    body = Buffer.concat(
      items.map((item) => {
        const bytes = dataSet(item, uid);
        return Buffer.concat([tagBytes('FFFEE000'), u32(bytes.length), bytes]);
      }),
    );
  } else if (typeof value === 'string') {
    body = Buffer.from(value, 'utf8');
  } else if (value instanceof Uint8Array) {
    body = Buffer.from(value);
    if (big && vr === 'OW') body.swap16();
  } else {
    const write = vr === 'UL' ? u32 : u16;
    body = Buffer.concat((value as readonly number[]).map((n) => write(vr === 'SS' ? n & 0xffff : n)));
  }
  if (body.length % 2 === 1) body = Buffer.concat([body, Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ')]);
  if (uid === syntaxes.implicit) return Buffer.concat([tagBytes(tag), u32(body.length), body]);
  const long = ['OB', 'OV', 'OW', 'SQ', 'UN', 'UT'].includes(vr);
  const length = undefinedLength === true ? 0xffffffff : body.length;
  const head = long ? [Buffer.from(vr), u16(0), u32(length)] : [Buffer.from(vr), u16(body.length)];
  return Buffer.concat([tagBytes(tag), ...head, body]);
}

/** 16 bit words, little endian (the writer swaps them for big endian). */
export function words(values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((v, i) => {
    bytes.writeUInt16LE(v & 0xffff, 2 * i);
  });
  return bytes;
}
