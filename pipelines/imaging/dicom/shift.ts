import type { StoredPixels } from './pixel-data.js';

/** Smallest and largest of some voxels, and their sum. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

/** Bit 15 of both halves of a word. */
const tops = 0x8000_8000 | 0;
/** Pairs after which a sum of 16 bit numbers is taken out of its 32 bits. */
const block = 1 << 13;

/**
 * Adds an intercept to stored values, two at a time: nothing that is done with a volume touches more voxels.
 * @param out receives stored + intercept from `offset` on
 * @param intercept a whole number
 * @returns the range of what was written; null when a sum does not fit 16 bits, and `out` holds nonsense there
 */
export function shiftInto(stored: StoredPixels, intercept: number, out: Int16Array, offset: number): ValueRange | null {
  const count = stored.length;
  out.set(stored, offset);
  // As unsigned numbers u, whose order is that of the values: u + bias = stored + intercept.
  const unsigned = stored instanceof Uint16Array;
  const bias = unsigned ? intercept : intercept - 32768;
  const lead = (out.byteOffset / 2 + offset) % 2;
  const pairs = (count - lead) >> 1;
  const words = new Int32Array(out.buffer, out.byteOffset + 2 * (offset + lead), pairs);
  const found = shiftPairs(words, unsigned ? 0 : tops, bias);
  // At most one voxel before the pairs and one after them.
  for (const i of [...(lead === 1 ? [0] : []), ...(lead + 2 * pairs < count ? [count - 1] : [])]) {
    const value = (stored[i] as number) + intercept;
    out[offset + i] = value;
    found.min = Math.min(found.min, value - bias);
    found.max = Math.max(found.max, value - bias);
    found.sum += value - bias;
  }
  const range = { min: found.min + bias, max: found.max + bias, sum: found.sum + count * bias };
  return range.min < -32768 || range.max > 32767 ? null : range;
}

/** Adds `bias` to both halves of every word after flipping the bits of `flip`; the range of the flipped halves. */
function shiftPairs(words: Int32Array, flip: number, bias: number): { min: number; max: number; sum: number } {
  // Carries stay within their half when the top bits take no part in the sum: they are added by exclusive or.
  const low = (bias & 0x7fff) * 0x1_0001;
  const high = (bias & 0x8000) === 0 ? 0 : tops;
  let [min, max, sum] = [0xffff, 0, 0];
  for (let start = 0; start < words.length; start += block) {
    const end = Math.min(words.length, start + block);
    let part = 0;
    for (let i = start; i < end; i++) {
      const x = (words[i] as number) ^ flip;
      words[i] = ((x & ~tops) + low) ^ ((x ^ high) & tops);
      const a = x & 0xffff;
      const b = x >>> 16;
      if (a < min) min = a;
      if (a > max) max = a;
      if (b < min) min = b;
      if (b > max) max = b;
      part = (part + a + b) | 0;
    }
    sum += part;
  }
  return { min, max, sum };
}
