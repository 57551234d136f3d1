import { WAVELET_TABLE } from './wavelet-table.js';

/** Decomposition filters of a wavelet, in the order in which PyWavelets convolves with them; equal, even lengths. */
export interface WaveletFilters {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Where a wavelet's filters come from: a line of the table, for `rbio` that of `bior` turned round. */
function tableName(name: string): string {
  if (name === 'haar') return 'db1';
  return name.startsWith('rbio') ? `bior${name.slice(4)}` : name;
}

const lineOf = (name: string): string | undefined =>
  WAVELET_TABLE.split('\n').find((line) => line.startsWith(`${tableName(name)} `));

/** Whether a wavelet is known: haar, db1 to db38, sym2 to sym20, coif1 to coif17, bior1.1 to 6.8, rbio1.1 to 6.8, dmey. */
export function isWavelet(name: string): boolean {
  return /^[a-z]+[0-9.]*$/.test(name) && lineOf(name) !== undefined;
}

/** Names of the wavelets. */
export function waveletNames(): readonly string[] {
  const names = WAVELET_TABLE.split('\n').flatMap((line) => line.match(/^\S+/)?.[0] ?? []);
  const turned = names.filter((n) => n.startsWith('bior')).map((n) => `rbio${n.slice(4)}`);
  return ['haar', ...names, ...turned];
}

/**
 * Filters of a wavelet. The high-pass filter is the reconstruction low-pass with alternating signs, so that low and high
 * together lose nothing.
 * @throws TypeError when {@link isWavelet} is false
 */
export function waveletFilters(name: string): WaveletFilters {
  const line = lineOf(name);
  if (line === undefined) throw new TypeError(`No wavelet "${name}"`);
  const [first = [], second] = line
    .slice(line.indexOf(' '))
    .split('|')
    .map((numbers) => numbers.trim().split(' ').map(Number));
  const reconstruction = second ?? first.toReversed();
  const turned = name.startsWith('rbio');
  const low = turned ? reconstruction.toReversed() : first;
  const back = turned ? first.toReversed() : reconstruction;
  return { low: Float64Array.from(low), high: Float64Array.from(back, (v, k) => (k % 2 === 0 ? -v : v)) };
}
