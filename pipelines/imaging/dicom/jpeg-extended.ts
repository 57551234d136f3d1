import type { CodestreamHeader } from './codestream.js';
import { EntropyBits, type HuffmanTable, huffmanTable } from './jpeg-entropy.js';

/** Order in which the 64 coefficients of a block are stored, ITU-T T.81 figure A.6: place in a row-major block. */
const zigzag = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

/** basis[x * 8 + u] = C(u) / 2 * cos((2 x + 1) u pi / 16), T.81 A.3.3. */
const basis = Float64Array.from({ length: 64 }, (_, i) => {
  const [x, u] = [i >> 3, i & 7];
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

interface Tables {
  readonly quantisation: Map<number, Float64Array>;
  readonly dc: Map<number, HuffmanTable>;
  readonly ac: Map<number, HuffmanTable>;
  restartInterval: number;
}

/**
 * Unpacks sequential JPEG with Huffman coding (ITU-T T.81 processes 1, 2 and 4) of one component with 8 or 12 bits. The codec
 * packages stop at 8 bits; CT in JPEG Extended has 12.
 * @param header of the same bytes
 * @returns one number per pixel, row by row
 * @throws Error with the reason when the stream is damaged
 */
export function decodeExtendedJpeg(bytes: Uint8Array, header: CodestreamHeader): Uint16Array {
  const tables: Tables = { quantisation: new Map(), dc: new Map(), ac: new Map(), restartInterval: 0 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let quantiser = 0;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = view.getUint16(at);
    if (marker === 0xffff) {
      at++;
      continue;
    }
    const segment = bytes.subarray(at + 4, at + 2 + view.getUint16(at + 2));
    if (marker === 0xffdb) readQuantisation(segment, tables);
    else if (marker === 0xffc4) readHuffman(segment, tables);
    else if (marker === 0xffdd) tables.restartInterval = ((segment[0] as number) << 8) | (segment[1] as number);
    else if (marker === 0xffc0 || marker === 0xffc1) quantiser = segment[8] as number;
    else if (marker === 0xffda) return decodeScan(bytes, at + 4 + segment.length, segment, header, tables, quantiser);
    else if (marker < 0xffe0 && marker !== 0xfffe)
      throw new Error(`marker ${marker.toString(16)} is not sequential JPEG`);
    at += 4 + segment.length;
  }
  throw new Error('it has no scan');
}

function readQuantisation(segment: Uint8Array, { quantisation }: Tables): void {
  for (let at = 0; at < segment.length; ) {
    const head = segment[at++] as number;
    const wide = head >> 4 === 1;
    if (at + (wide ? 128 : 64) > segment.length) throw new Error('a quantisation table is cut off');
    const table = new Float64Array(64);
    for (let i = 0; i < 64; i++) {
      const value = wide ? ((segment[at++] as number) << 8) | (segment[at++] as number) : (segment[at++] as number);
      table[zigzag[i] as number] = value;
    }
    quantisation.set(head & 15, table);
  }
}

function readHuffman(segment: Uint8Array, { dc, ac }: Tables): void {
  for (let at = 0; at + 17 <= segment.length; ) {
    const head = segment[at] as number;
    const counts = segment.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, n) => sum + n, 0);
    if (at + 17 + total > segment.length) throw new Error('a Huffman table is cut off');
    (head >> 4 === 0 ? dc : ac).set(head & 15, huffmanTable(counts, segment.subarray(at + 17, at + 17 + total)));
    at += 17 + total;
  }
}

function decodeScan(
  bytes: Uint8Array,
  start: number,
  scan: Uint8Array,
  header: CodestreamHeader,
  tables: Tables,
  quantiser: number,
): Uint16Array {
  const dc = tables.dc.get((scan[2] as number) >> 4);
  const ac = tables.ac.get((scan[2] as number) & 15);
  const quantisation = tables.quantisation.get(quantiser);
  if (scan[0] !== 1 || dc === undefined || ac === undefined || quantisation === undefined) {
    throw new Error('a table of its scan is missing');
  }
  const { columns, rows, precision } = header;
  const out = new Uint16Array(columns * rows);
  const bits = new EntropyBits(bytes, start);
  const [across, down] = [Math.ceil(columns / 8), Math.ceil(rows / 8)];
  const coefficients = new Float64Array(64);
  const pixels = new Float64Array(64);
  let previousDc = 0;
  for (let block = 0; block < across * down; block++) {
    if (tables.restartInterval > 0 && block > 0 && block % tables.restartInterval === 0) {
      bits.restart();
      previousDc = 0;
    }
    previousDc = readBlock(bits, dc, ac, quantisation, previousDc, coefficients);
    inverseTransform(coefficients, pixels);
    const [x, y] = [8 * (block % across), 8 * Math.floor(block / across)];
    placeBlock(pixels, precision, out, x, y, columns, rows);
  }
  return out;
}

/** One block of dequantised coefficients. @returns the quantised DC value, from which the next one is predicted */
function readBlock(
  bits: EntropyBits,
  dc: HuffmanTable,
  ac: HuffmanTable,
  quantisation: Float64Array,
  previousDc: number,
  out: Float64Array,
): number {
  out.fill(0);
  const dcValue = previousDc + bits.signed(bits.symbol(dc));
  out[0] = dcValue * (quantisation[0] as number);
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(ac);
    const size = symbol & 15;
    if (size === 0) {
      if (symbol !== 0xf0) break;
      k += 15;
      continue;
    }
    k += symbol >> 4;
    if (k > 63) throw new Error('a block has more than 64 coefficients');
    const place = zigzag[k] as number;
    out[place] = bits.signed(size) * (quantisation[place] as number);
  }
  return dcValue;
}

const between = new Float64Array(64);

/** Rows, then columns, T.81 A.3.3. */
function inverseTransform(coefficients: Float64Array, pixels: Float64Array): void {
  for (let v = 0; v < 8; v++) {
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let u = 0; u < 8; u++) sum += (basis[8 * x + u] as number) * (coefficients[8 * v + u] as number);
      between[8 * v + x] = sum;
    }
  }
  for (let x = 0; x < 8; x++) {
    for (let y = 0; y < 8; y++) {
      let sum = 0;
      for (let v = 0; v < 8; v++) sum += (basis[8 * y + v] as number) * (between[8 * v + x] as number);
      pixels[8 * y + x] = sum;
    }
  }
}

function placeBlock(
  pixels: Float64Array,
  precision: number,
  out: Uint16Array,
  x0: number,
  y0: number,
  columns: number,
  rows: number,
): void {
  const [middle, most] = [2 ** (precision - 1), 2 ** precision - 1];
  const [toX, toY] = [Math.min(8, columns - x0), Math.min(8, rows - y0)];
  for (let y = 0; y < toY; y++) {
    for (let x = 0; x < toX; x++) {
      const value = Math.round(pixels[8 * y + x] as number) + middle;
      out[(y0 + y) * columns + x0 + x] = value < 0 ? 0 : value > most ? most : value;
    }
  }
}
