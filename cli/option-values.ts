import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';

/** Parses a whole number in a range, for commander. @throws InvalidArgumentError naming what was expected */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`expected a whole number from ${lowest} to ${highest}.`);
  };
}

/** Parses a share above 0, at most 1, for commander. @throws InvalidArgumentError */
export function share(text: string): number {
  const value = Number(text);
  if (/^[0-9.]+$/.test(text) && value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number above 0, at most 1.');
}

/** Splits `a,b,c` and checks each against the choices. @throws InvalidArgumentError naming the choices */
export function listOf<Choice extends string>(choices: readonly Choice[]): (text: string) => readonly Choice[] {
  return (text) => {
    const parts = text.split(',').map((part) => part.trim());
    const isChoice = (part: string): part is Choice => (choices as readonly string[]).includes(part);
    if (parts.every(isChoice) && new Set(parts).size === parts.length) return parts.filter(isChoice);
    throw new InvalidArgumentError(`expected a comma-separated list of ${choices.join(', ')}, each once.`);
  };
}

/** `--workers <n>`, for every command that has a pool; by default as many as the machine has cores. */
export function workersOption(): Option {
  return new Option('--workers <n>', 'worker threads; results do not depend on it')
    .argParser(wholeNumber(1, 256))
    .default(availableParallelism(), 'the number of cores');
}

/** A region by number (`2`) or by name (`GTV-1`). */
export function nameOrNumber(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** `--roi`, `--segment` and `--segmentation`: which region, for the commands that run over a cohort. */
export function cohortRegionOptions(): readonly [Option, Option, Option] {
  return [
    new Option('--roi <name>', 'RTSTRUCT with several ROIs: name or number of the tumour').argParser(nameOrNumber),
    new Option('--segment <label>', 'SEG with several segments: label or number of the tumour').argParser(nameOrNumber),
    new Option(
      '--segmentation <kind>',
      'take segmentations of this kind only (default: SEG where a patient has both)',
    ).choices(['SEG', 'RTSTRUCT']),
  ];
}
