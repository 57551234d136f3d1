import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chainDraft } from '../../serving/reference/chain-bundle.js';
import { writeArchive } from '../../training/bundle/archive.js';
import { saveBundle, sealBundle } from '../../training/bundle/folder.js';
import type { BundleManifest } from '../../training/bundle/index.js';

/** Writes the recorded chain as the folder of a model; another threshold is another model. */
export async function writeModelFolder(place: string, changed: Partial<BundleManifest> = {}): Promise<void> {
  await mkdir(join(place, '..'), { recursive: true });
  await saveBundle(place, sealBundle(chainDraft(changed)));
}

/** Packs a model's folder as a `model.tar.gz`. */
export async function packModel(folder: string, archive: string): Promise<void> {
  const files = new Map<string, Uint8Array>();
  for (const name of ['manifest.json', 'model.json']) files.set(name, await readFile(join(folder, name)));
  await writeFile(archive, await writeArchive(files));
}
