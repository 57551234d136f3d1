import { readArchive } from '../bundle/archive.js';
import { TrainingError, trainingError } from '../errors.js';
import { Booster, type NativeLibrary } from '../xgboost/index.js';
import { pickleBuffers } from './pickle-buffers.js';

/** The form an XGBoost model was found in. */
export type ArtifactForm = 'json' | 'ubj' | 'pickled booster' | 'legacy binary';

/** An XGBoost model that was trained elsewhere. */
export interface XgboostArtifact {
  readonly form: ArtifactForm;
  /** The model as XGBoost's JSON, parsed. */
  readonly booster: unknown;
}

/** Names that the containers of managed platforms and people give the model, best first. */
const modelNames = [/^xgboost-model$/, /^model\.(json|ubj|bin|bst|pkl|pickle)$/, /\.(json|ubj|bst|pkl|pickle)$/];

/**
 * Reads an XGBoost model out of a `model.tar.gz` (SageMaker's form: a file `xgboost-model`) or a plain file: JSON, UBJSON,
 * XGBoost's old binary format, or a booster pickled by Python, of which the raw buffer is taken and nothing executed. The
 * library itself reads the model, so every version it knows is taken.
 * @param name of the file, for messages
 * @throws TrainingError TRAIN_ARCHIVE, TRAIN_IMPORT in one sentence
 */
export async function readXgboostArtifact(
  library: NativeLibrary,
  bytes: Uint8Array,
  name: string,
): Promise<XgboostArtifact> {
  const [file, content] = isArchive(bytes) ? await modelFile(bytes, name) : [name, bytes];
  const form = formOf(content, file);
  try {
    using booster = form === 'pickled booster' ? fromPickle(library, content, file) : Booster.load(library, content);
    return { form, booster: JSON.parse(new TextDecoder().decode(booster.save('json'))) as unknown };
  } catch (error) {
    if (!(error instanceof TrainingError) || error.code !== 'TRAIN_XGBOOST_FAILED') throw error;
    const old =
      form === 'legacy binary'
        ? ' (save it as JSON with the XGBoost that made it: releases from 3.1 on cannot read the binary format)'
        : '';
    throw trainingError('TRAIN_IMPORT', file, `${error.message}${old}`);
  }
}

/** Whether bytes are a tar archive, packed or not. */
export function isArchive(bytes: Uint8Array): boolean {
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return gzip || new TextDecoder().decode(bytes.subarray(257, 262)) === 'ustar';
}

async function modelFile(bytes: Uint8Array, name: string): Promise<readonly [string, Uint8Array]> {
  const files = await readArchive(bytes, name);
  const one = modelNameOf([...files.keys()], name);
  if (one !== undefined) return [one, files.get(one) as Uint8Array];
  const list = [...files.keys()].slice(0, 10).join(', ') || 'nothing';
  throw trainingError('TRAIN_IMPORT', name, `it holds ${list}, but no xgboost-model`);
}

/**
 * The path whose name says best that it is XGBoost's model.
 * @param where it is, for messages
 * @throws TrainingError TRAIN_IMPORT when several say so
 */
export function modelNameOf(paths: readonly string[], where: string): string | undefined {
  for (const pattern of modelNames) {
    const found = paths.filter((path) => pattern.test(path.split('/').at(-1) ?? ''));
    if (found.length > 1) {
      throw trainingError('TRAIN_IMPORT', where, `it holds several models (${found.join(', ')}); one is expected`);
    }
    if (found.length === 1) return found[0];
  }
  return undefined;
}

/** What the first bytes say. @throws TrainingError TRAIN_IMPORT */
export function formOf(bytes: Uint8Array, name: string): ArtifactForm {
  if (bytes[0] === 0x7b) {
    const next = bytes.subarray(1).find((byte) => byte > 0x20);
    return next === 0x22 ? 'json' : 'ubj';
  }
  if (bytes[0] === 0x80 && (bytes[1] as number) <= 5) return 'pickled booster';
  if (bytes.length >= 140) return 'legacy binary';
  throw trainingError('TRAIN_IMPORT', name, `its ${bytes.length} bytes are neither JSON, UBJSON nor a Python pickle`);
}

/** The state of a pickled booster is one byte string; whatever else is pickled beside it is smaller. */
function fromPickle(library: NativeLibrary, bytes: Uint8Array, name: string): Booster {
  const [largest] = pickleBuffers(bytes, name);
  if (largest === undefined) throw trainingError('TRAIN_IMPORT', name, 'the pickle holds no byte string');
  // A copy: the library reads its buffer as aligned memory.
  return Booster.unserialise(library, largest.slice());
}
