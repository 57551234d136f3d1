import { type ModelContent, modelContent, parseBooster, readModel } from '../serving/index.js';
import { CliError, cliErrors } from './errors.js';

/**
 * Reads a model that is to be served: a bundle, or XGBoost's own JSON or UBJSON as the managed platform's training leaves it (`xgboost-model`, alone, in a folder or
 * in a `model.tar.gz`). Of the latter the inputs have the names in the file, or `f0`, `f1`, …
 * @throws what `readModel` throws; CliError CLI_MODEL_FORM for a pickle or the old binary format; TrainingError TRAIN_IMPORT
 */
export async function readServedModel(place: string): Promise<ModelContent> {
  try {
    return await readModel(place);
  } catch (error) {
    // Read only when there is no bundle: it brings in the training.
    const { findXgboostArtifact, importedBundle } = await import('../training/index.js');
    const found = hasNoManifest(error) ? await findXgboostArtifact(place) : undefined;
    if (found === undefined) throw error;
    const { name, form, bytes } = found;
    if (form !== 'json' && form !== 'ubj') {
      throw new CliError('CLI_MODEL_FORM', cliErrors.CLI_MODEL_FORM(name, form), { cause: error });
    }
    return modelContent(importedBundle(parseBooster(bytes), { name }));
  }
}

/** There is no manifest to be read: neither in a folder, nor in an archive, nor is a plain file one. */
function hasNoManifest(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'TRAIN_BUNDLE_UNREADABLE' || code === 'TRAIN_ARCHIVE';
}
