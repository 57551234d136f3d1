import type { LoadedModel } from '../models/loaded-model.js';
import type { Prediction } from '../predict/index.js';
import type { Pseudonym } from './pseudonyms.js';

/** A line of a capture file, format 1: one row of a request with its answer. */
export interface CapturedRow {
  readonly format: 1;
  /** When it was answered, ISO 8601, UTC. */
  readonly at: string;
  /** Number of the captured request in its process; rows and shadow answers of one request share it. */
  readonly sample: number;
  /** Pseudonym of the client's id of the inference; null when it gave none. */
  readonly request: string | null;
  /** Pseudonym of the patient, for a row of a stored patient. */
  readonly case: string | null;
  /** Position in the request, from 0. */
  readonly row: number;
  readonly model: string;
  readonly version: string;
  readonly modelId: string;
  /** Production variant that answered the caller; empty for other routes than those of an endpoint. */
  readonly variant: string;
  /** Shadow variant that made this answer, which the caller never saw; null for the answer that was given. */
  readonly shadow: string | null;
  /** Raw features by name, as they came; null is missing. */
  readonly features: Readonly<Record<string, number | null>>;
  readonly answer: Pick<Prediction, 'score' | 'probability' | 'label' | 'risk' | 'riskGroup' | 'medianSurvivalDays'>;
}

/** Of the rows of one answer, what all have in common; identifiers as they came. */
export type CapturedRequest = Pick<CapturedRow, 'at' | 'sample' | 'variant' | 'shadow'> & {
  /** Empty when the client gave none. */
  readonly inferenceId: string;
  /** Patients by row; empty for rows that are no stored patients. */
  readonly cases: readonly string[];
  readonly model: Pick<LoadedModel, 'name' | 'version' | 'manifest' | 'predictor'>;
  /** Row-major, shape (n x features), NaN = missing. */
  readonly rows: Float64Array;
  readonly predictions: readonly Prediction[];
};

/** One row as a line of JSON, with its end. */
export function lineOf(captured: CapturedRequest, row: number, pseudonym: Pseudonym): string {
  const { at, sample, inferenceId, variant, shadow, cases, model, rows, predictions } = captured;
  const { score, probability, label, risk, riskGroup, medianSurvivalDays } = predictions[row] as Prediction;
  const { featureNames } = model.predictor;
  const start = row * featureNames.length;
  const patient = cases[row];
  const line: CapturedRow = {
    format: 1,
    at,
    sample,
    request: inferenceId === '' ? null : pseudonym('request', inferenceId),
    case: patient === undefined ? null : pseudonym('case', patient),
    row,
    model: model.name,
    version: model.version,
    modelId: model.manifest.modelId,
    variant,
    shadow,
    // JSON has no NaN, and writes null for it.
    features: Object.fromEntries(featureNames.map((name, j) => [name, rows[start + j] as number])),
    answer: { score, probability, label, risk, riskGroup, medianSurvivalDays },
  };
  return `${JSON.stringify(line)}\n`;
}
