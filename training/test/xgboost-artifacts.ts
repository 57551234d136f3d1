import { referenceCases } from './reference.js';

/** A model file that XGBoost or a pickle of its Python package wrote, rows, and what XGBoost predicted of them. */
export interface ArtifactCase {
  readonly name: string;
  readonly form: string;
  readonly version: string;
  /** The file, base64. */
  readonly content: string;
  readonly featureNames: readonly string[];
  readonly rows: readonly number[];
  readonly predictions: readonly number[];
}

/** By several releases of XGBoost: bench/peers/xgboost-artifacts.py. */
export const artifactCases = referenceCases<readonly ArtifactCase[]>('xgboost-artifacts.json');

/** The file's bytes. */
export function bytesOf({ content }: ArtifactCase): Uint8Array {
  return Uint8Array.from(Buffer.from(content, 'base64'));
}
