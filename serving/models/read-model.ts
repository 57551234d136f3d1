import { loadBundle, loadCard } from '../../training/bundle/folder.js';
import type { ModelBundle } from '../../training/bundle/index.js';
import { createPredictor } from '../predict/index.js';
import type { ModelContent } from './loaded-model.js';

/** Of a model's own, beside its numbers. */
const baseBytes = 64 * 1024;

/**
 * Reads, verifies and builds a model.
 * @param place folder of a model, or a `model.tar.gz`
 * @throws TrainingError when it cannot be read or its hashes do not match, PredictError when it cannot be evaluated
 */
export async function readModel(place: string): Promise<ModelContent> {
  return modelContent(await loadBundle(place), await loadCard(place));
}

/** A bundle, ready to answer. @throws PredictError when it cannot be evaluated */
export function modelContent(bundle: ModelBundle, card?: string): ModelContent {
  return {
    manifest: bundle.manifest,
    predictor: createPredictor(bundle),
    bytes: baseBytes + sizeOf(bundle) + sizeOf(card ?? ''),
    ...(card === undefined ? {} : { card }),
  };
}

/** What the parts of a document take at most once they are laid out: 8 bytes a number, 2 a character. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length;
  if (value === null || typeof value !== 'object') return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let sum = 0;
  for (const part of Object.values(value)) sum += sizeOf(part);
  return sum;
}
