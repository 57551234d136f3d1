import type { FeatureSettings, Filter } from '../settings/settings.js';
import type { Volume } from '../volume/volume.js';
import type { FilteredImage, FilterInput } from './filter-input.js';
import { type WaveletFilters, waveletFilters } from './wavelet-filters.js';

type WaveletFilter = Extract<Filter, { type: 'Wavelet' }>;
type Axis = 0 | 1 | 2;

/** Voxels from `start` on, `size` of them, of an image that repeats itself with its period along each axis. */
interface Block {
  readonly start: readonly number[];
  readonly size: readonly number[];
  readonly data: Float64Array;
}

/** Axes that are filtered: all, or those within the slices. */
function axesOf({ force2D, force2Ddimension }: FeatureSettings): readonly Axis[] {
  return ([0, 1, 2] as const).filter((axis) => !force2D || axis !== 2 - force2Ddimension);
}

const prefix = (level: number) => (level === 1 ? 'wavelet-' : `wavelet${level}-`);

/** Every mixture of low and high passes but that of low passes alone, the last axis changing first. */
const details = (axes: number) =>
  Array.from({ length: 2 ** axes - 1 }, (_, i) =>
    (i + 1).toString(2).padStart(axes, '0').replaceAll('0', 'L').replaceAll('1', 'H'),
  );

/** Names of the images: the details of each level, then the approximation of the last. The first letter is x. */
export function waveletNamesOf({ level }: WaveletFilter, features: FeatureSettings): readonly string[] {
  const axes = axesOf(features).length;
  const levels = Array.from({ length: level }, (_, k) => details(axes).map((name) => prefix(k + 1) + name));
  return [...levels.flat(), prefix(level) + 'L'.repeat(axes)];
}

/**
 * Undecimated wavelet transform as PyRadiomics makes it: each level filters the approximation of the one before with the same
 * filters, on an image made even by repeating its first voxel at the end, which goes on periodically.
 * @see PyRadiomics 3.x, getWaveletImage; PyWavelets, swtn
 */
export function* waveletImages(
  { image, box }: FilterInput,
  { wavelet, startLevel, level }: WaveletFilter,
  features: FeatureSettings,
): Generator<FilteredImage> {
  const filters = waveletFilters(wavelet);
  const axes = axesOf(features);
  const period = image.size.map((n) => n + (n % 2));
  const target = { start: box.start, size: box.size };
  let block = fetchBlock(image, period, grown(target, axes, filters, startLevel + level, period));
  const approximation = 'L'.repeat(axes.length);
  for (let k = 1; k <= startLevel + level; k++) {
    const left = startLevel + level - k;
    let next: Block | undefined;
    if (k > startLevel) {
      for (const [name, result] of mixtures(block, axes, '', filters, target, period)) {
        if (name !== approximation) yield { name: prefix(k - startLevel) + name, values: result.data };
        else if (left === 0) next = result;
      }
    }
    block = next ?? transformed(block, axes, filters, grown(target, axes, filters, left, period), period);
  }
  yield { name: prefix(level) + approximation, values: block.data };
}

/** Every mixture of low and high passes, the last axis changing first: what mixtures have in common is filtered once. */
function* mixtures(
  block: Block,
  axes: readonly Axis[],
  name: string,
  filters: WaveletFilters,
  target: Range,
  period: readonly number[],
): Generator<readonly [name: string, block: Block]> {
  const [axis, ...others] = axes;
  if (axis === undefined) {
    yield [name, block];
    return;
  }
  for (const letter of ['L', 'H'] as const) {
    const taps = letter === 'L' ? filters.low : filters.high;
    const half = convolved(block, axis, taps, target, period);
    yield* mixtures(half, others, name + letter, filters, target, period);
  }
}

type Range = Pick<Block, 'start' | 'size'>;

/** What a box depends on after some levels, at most one period along each axis. */
function grown(
  box: Range,
  axes: readonly Axis[],
  { low }: WaveletFilters,
  levels: number,
  period: readonly number[],
): Range {
  const half = low.length / 2;
  const start = box.start.map((s, d) => (axes.includes(d as Axis) ? s - levels * (half - 1) : s));
  const size = box.size.map((n, d) => (axes.includes(d as Axis) ? n + levels * (low.length - 1) : n));
  const whole = size.map((n, d) => levels > 0 && n >= (period[d] as number));
  return {
    start: start.map((s, d) => (whole[d] ? 0 : s)),
    size: size.map((n, d) => (whole[d] ? (period[d] as number) : n)),
  };
}

function fetchBlock(image: Volume, period: readonly number[], range: Range): Block {
  const place = (d: Axis) =>
    Int32Array.from({ length: range.size[d] as number }, (_, i) => {
      const k = modulo((range.start[d] as number) + i, period[d] as number);
      return k < image.size[d] ? k : 0;
    });
  const [xs, ys, zs] = [place(0), place(1), place(2)];
  const data = new Float64Array(xs.length * ys.length * zs.length);
  let i = 0;
  for (const z of zs) {
    for (const y of ys) {
      const row = image.size[0] * (y + image.size[1] * z);
      for (let x = 0; x < xs.length; x++) data[i++] = image.voxels[row + (xs[x] as number)] as number;
    }
  }
  return { ...range, data };
}

const modulo = (i: number, n: number) => ((i % n) + n) % n;

/** The low pass along every axis, the part of the result in `target`. */
function transformed(
  block: Block,
  axes: readonly Axis[],
  { low }: WaveletFilters,
  target: Range,
  period: readonly number[],
): Block {
  return axes.reduce((b, axis) => convolved(b, axis, low, target, period), block);
}

/** out[i] = sum over j of taps[j] * in[i + taps / 2 - j], for the voxels of `target` along one axis. */
function convolved(block: Block, axis: Axis, taps: Float64Array, target: Range, periods: readonly number[]): Block {
  const [start, count] = [target.start[axis] as number, target.size[axis] as number];
  const [n, period] = [block.size[axis] as number, periods[axis] as number];
  const inner = block.size.slice(0, axis).reduce((a, b) => a * b, 1);
  const outer = block.data.length / (inner * n);
  const first = block.start[axis] as number;
  const rows = sourceRows(start, count, taps.length, first, n, period);
  const out = new Float64Array(outer * count * inner);
  for (let o = 0; o < outer; o++) {
    if (inner === 1) convolveRow(block.data, o * n, out, o * count, count, taps, rows);
    else convolveRows(block.data, o * n, out, o * count, count, taps, rows, inner);
  }
  const replaced = (list: readonly number[], value: number) => list.map((v, d) => (d === axis ? value : v));
  return { start: replaced(block.start, start), size: replaced(block.size, count), data: out };
}

/** Voxels that lie side by side. */
function convolveRow(
  from: Float64Array,
  first: number,
  out: Float64Array,
  to: number,
  count: number,
  taps: Float64Array,
  rows: Int32Array,
): void {
  for (let i = 0, r = 0; i < count; i++) {
    let sum = 0;
    for (let j = 0; j < taps.length; j++, r++) {
      const w = taps[j] as number;
      if (w !== 0) sum += w * (from[first + (rows[r] as number)] as number);
    }
    out[to + i] = sum;
  }
}

/** Rows of `inner` voxels each. */
function convolveRows(
  from: Float64Array,
  first: number,
  out: Float64Array,
  to: number,
  count: number,
  taps: Float64Array,
  rows: Int32Array,
  inner: number,
): void {
  for (let i = 0; i < count; i++) {
    const target = (to + i) * inner;
    for (let j = 0; j < taps.length; j++) {
      const w = taps[j] as number;
      const source = (first + (rows[i * taps.length + j] as number)) * inner;
      if (w === 0) continue;
      for (let k = 0; k < inner; k++) out[target + k] = (out[target + k] as number) + w * (from[source + k] as number);
    }
  }
}

/** Rows of the block that each tap of each voxel reads; shape (count, taps). */
function sourceRows(start: number, count: number, taps: number, first: number, n: number, period: number): Int32Array {
  const rows = new Int32Array(count * taps);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < taps; j++) {
      const at = start + i + taps / 2 - j - first;
      rows[i * taps + j] = n === period ? modulo(at, period) : at;
    }
  }
  return rows;
}
