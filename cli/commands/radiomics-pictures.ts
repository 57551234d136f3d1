import { join } from 'node:path';
import { regionArtifacts } from '../../pipelines/imaging/index.js';
import type { OpenedRegion } from './radiomics-region.js';

/**
 * Writes image, mask and pictures of a region into a folder, made when absent; each file whole or not at all.
 * @returns the paths written
 * @throws PipelineError PIPELINE_ARTIFACT when the folder cannot be written
 */
export async function writePictures(
  folder: string,
  { volume, mask }: Pick<OpenedRegion, 'volume' | 'mask'>,
): Promise<readonly string[]> {
  // Loaded only here: the other modalities come with it, and most calls want numbers alone.
  const { writeArtifacts } = await import('../../pipelines/index.js');
  const written = await writeArtifacts(folder, regionArtifacts('', volume, mask));
  return written.map((file) => join(folder, file));
}
