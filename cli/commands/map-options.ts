import { InvalidArgumentError, Option } from 'commander';
import { mapClasses } from '../../pipelines/imaging/measuring.js';
import { wholeNumber } from '../option-values.js';

/** What the options ask for. */
export interface MapOptions {
  readonly maps?: readonly string[];
  readonly mapsTo: string;
  readonly kernelRadius?: number;
}

/** `--maps`, `--maps-to` and `--kernel-radius`. */
export function mapOptions(): readonly Option[] {
  return [
    new Option(
      '--maps <class...>',
      `write a map of each feature of these classes around every voxel: ${mapClasses.join(', ')}`,
    ).argParser(addClass),
    new Option('--maps-to <dir>', 'where maps go, as <feature>.nii.gz').default('maps'),
    new Option(
      '--kernel-radius <n>',
      'voxels around the middle of a kernel (default: of the settings, else 1)',
    ).argParser(wholeNumber(1, 15)),
  ];
}

/** Classes one after another or separated by commas. */
function addClass(text: string, before: readonly string[] = []): readonly string[] {
  const asked = text.split(',').map((name) => name.trim());
  const unknown = asked.find((name) => !mapClasses.includes(name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`"${unknown}" has no maps; expected some of ${mapClasses.join(', ')}.`);
  }
  return [...new Set([...before, ...asked])];
}
