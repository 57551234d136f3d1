import { InvalidArgumentError, Option } from 'commander';
import { defaultRanges, type PerturbationRanges } from '../../pipelines/imaging/measuring.js';
import { wholeNumber } from '../option-values.js';

/** Highest value of each perturbation: beyond it the region is another one. */
const most: Readonly<Record<keyof PerturbationRanges, number>> = { rotation: 45, shift: 5, noise: 10_000, grow: 20 };

/** `--perturb-by` and `--seed`. */
export function perturbationOptions(): readonly Option[] {
  return [
    new Option(
      '--perturb-by <list>',
      'ranges: rotation=DEGREES, shift=VOXELS, noise=SD or noise=auto, grow=MM; what is not named is 0',
    )
      .argParser(perturbationRanges)
      .default(defaultRanges, 'rotation=6,shift=0.5,noise=auto,grow=1'),
    new Option('--seed <n>', 'of the perturbations').argParser(wholeNumber(0, 2 ** 31 - 1)).default(0),
  ];
}

/** Parses `rotation=6,grow=1`. @throws InvalidArgumentError naming what was expected */
export function perturbationRanges(text: string): PerturbationRanges {
  const ranges: { -readonly [K in keyof PerturbationRanges]: PerturbationRanges[K] } = {
    rotation: 0,
    shift: 0,
    noise: 0,
    grow: 0,
  };
  const seen = new Set<string>();
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=').map((word) => word.trim());
    if (!Object.hasOwn(most, name) || seen.has(name)) {
      throw new InvalidArgumentError(`"${part}": expected rotation=, shift=, noise= and grow=, each at most once.`);
    }
    seen.add(name);
    const key = name as keyof PerturbationRanges;
    if (key === 'noise' && value === 'auto') ranges.noise = 'auto';
    else ranges[key] = amount(part, value, most[key]);
  }
  return ranges;
}

function amount(part: string, text: string, highest: number): number {
  const value = Number(text);
  if (text !== '' && value >= 0 && value <= highest) return value;
  throw new InvalidArgumentError(`"${part}": expected a number from 0 to ${highest}.`);
}
