import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeArchive } from './archive.js';
import { besideModel, loadBundle } from './bundle-folder.js';

/**
 * A model's folder as a `model.tar.gz`: manifest first, boosters, then what the training wrote beside them. The model is verified;
 * the same files give the same bytes.
 * @throws TrainingError as `loadBundle`
 */
export async function bundleArchive(folder: string): Promise<Uint8Array> {
  const { boosters } = await loadBundle(folder);
  const files = new Map<string, Uint8Array>();
  for (const name of ['manifest.json', ...Object.keys(boosters)]) files.set(name, await readFile(join(folder, name)));
  for (const name of besideModel) {
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    if (bytes !== undefined) files.set(name, bytes);
  }
  return writeArchive(files);
}
