import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readArchive } from '../bundle/archive.js';
import { type ArtifactForm, formOf, isArchive, modelNameOf } from './read-artifact.js';

/** A file of XGBoost's that was found where a bundle was looked for. */
export interface FoundArtifact {
  readonly name: string;
  readonly form: ArtifactForm;
  readonly bytes: Uint8Array;
}

/**
 * XGBoost's own model at a place: the file itself, in a folder (`/opt/ml/model/xgboost-model`), or in a `model.tar.gz`. Nothing is executed.
 * @returns undefined when there is none, or a bundle, whose manifest says what its files are
 * @throws TrainingError TRAIN_IMPORT when there are several, or what is there is no model; TRAIN_ARCHIVE
 */
export async function findXgboostArtifact(place: string): Promise<FoundArtifact | undefined> {
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) return undefined;
  const name = basename(place);
  if (found.isDirectory()) {
    const names = await readdir(place);
    const one = names.includes('manifest.json') ? undefined : modelNameOf(names, name);
    return one === undefined ? undefined : artifact(one, await readFile(join(place, one)));
  }
  const bytes = await readFile(place);
  if (!isArchive(bytes)) return artifact(name, bytes);
  const files = await readArchive(bytes, name);
  const one = files.has('manifest.json') ? undefined : modelNameOf([...files.keys()], name);
  return one === undefined ? undefined : artifact(one, files.get(one) as Uint8Array);
}

function artifact(name: string, bytes: Uint8Array): FoundArtifact {
  return { name, form: formOf(bytes, name), bytes };
}
