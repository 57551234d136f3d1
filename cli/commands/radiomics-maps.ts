import { featureMaps, type RadiomicsSettings, writeFeatureMaps } from '../../pipelines/imaging/index.js';
import type { CommandContext } from '../context.js';
import type { Output } from '../io.js';
import { progressView } from '../progress.js';
import type { MapOptions } from './map-options.js';
import type { OpenedRegion } from './radiomics-region.js';

/**
 * Writes maps of feature classes; says which features have voxels without a value.
 * @returns the paths written
 */
export async function writeMaps(
  classes: readonly string[],
  options: MapOptions,
  { volume, mask }: Pick<OpenedRegion, 'volume' | 'mask'>,
  settings: RadiomicsSettings,
  context: CommandContext,
  output: Output,
): Promise<readonly string[]> {
  const { kernelRadius = settings.voxel.kernelRadius } = options;
  const maps = featureMaps(volume, mask, settings, classes, { ...settings.voxel, kernelRadius });
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
