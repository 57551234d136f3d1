import { InvalidArgumentError, Option } from 'commander';
import { featureMaps, mapClasses, type RadiomicsSettings, writeFeatureMaps } from '../../pipelines/imaging/index.js';
import type { CommandContext } from '../context.js';
import type { Output } from '../io.js';
import { wholeNumber } from '../option-values.js';
import { progressView } from '../progress.js';
import type { OpenedRegion } from './radiomics-region.js';

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

/**
 * Writes the maps that the options ask for; says which features have voxels without a value.
 * @returns the paths written, none when no maps were asked for
 */
export async function writeMaps(
  options: MapOptions,
  { volume, mask }: Pick<OpenedRegion, 'volume' | 'mask'>,
  settings: RadiomicsSettings,
  context: CommandContext,
  output: Output,
): Promise<readonly string[]> {
  if (options.maps === undefined) return [];
  const { kernelRadius = settings.voxel.kernelRadius } = options;
  const maps = featureMaps(volume, mask, settings, options.maps, { ...settings.voxel, kernelRadius });
  const view = progressView('voxels', context.io.stderr);
  try {
    const files = await writeFeatureMaps(options.mapsTo, maps, (done, total) => view.update(done, total, 0));
    const [most = 0, ...others] = [...new Set(maps.undefinedVoxels.values())].sort((a, b) => b - a);
    if (most > 0) {
      const range = others.length === 0 ? String(most) : `up to ${most}`;
      output.note(
        `note: ${maps.undefinedVoxels.size} of ${maps.columns.length} maps have no value (NaN) at ${range} of ${maps.voxelCount} voxels, whose kernels do not define the feature`,
      );
    }
    return files;
  } finally {
    view.stop();
  }
}
