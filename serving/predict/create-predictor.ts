import { applySteps, type BundleManifest, type ModelBundle } from '../../training/bundle/index.js';
import { type Booster, createBooster } from './booster/booster.js';
import { type ColumnUse, checkBundle, traceColumns } from './chain.js';
import { PredictError, predictErrors } from './errors.js';
import type { Prediction, Predictor } from './predictor.js';
import { recordsToRows } from './records.js';

/**
 * The whole fitted chain as one function: raw columns -> the bundle's steps -> XGBoost's trees -> probability of death.
 *
 * `imputed` names the columns that were missing and can change the answer (a column that training dropped is never
 * filled in); `outOfRange` names every column whose value lies outside what training saw, dropped ones included.
 * A column's name is the feature's; where two groups share one it is `group.feature`.
 * @throws PredictError when the bundle contradicts itself or its booster cannot be evaluated
 */
export function createPredictor(bundle: ModelBundle): Predictor {
  const { manifest } = bundle;
  const booster = createBooster(bundle.booster);
  checkBundle(manifest, booster);
  const use = traceColumns(manifest);
  const featureNames = columnNames(manifest);
  const predictRows = (rows: Float64Array): readonly Prediction[] =>
    predictMatrix({ manifest, booster, use, featureNames }, rows);
  const projected = manifest.steps.some((step) => step.kind === 'pca');
  return {
    modelId: manifest.modelId,
    featureNames,
    componentNames: projected ? manifest.boosterInputs : [],
    predictRows,
    predictComponents: (rows) => predictPrepared(manifest, booster, rows),
    predictRecords: (records) => predictRows(recordsToRows(records, featureNames)),
  };
}

function predictPrepared(manifest: BundleManifest, booster: Booster, rows: Float64Array): readonly Prediction[] {
  const p = booster.inputs;
  if (rows.length % p !== 0) {
    throw new PredictError('PREDICT_COLUMN_COUNT', predictErrors.PREDICT_COLUMN_COUNT(rows.length % p, p));
  }
  checkPrepared(rows, rows.length / p, p);
  return Array.from(booster.predict(rows), (probability) => ({
    probability,
    label: probability >= manifest.threshold ? 1 : 0,
    imputed: [],
    outOfRange: [],
  }));
}

interface FittedChain {
  readonly manifest: BundleManifest;
  readonly booster: Booster;
  readonly use: ColumnUse;
  readonly featureNames: readonly string[];
}

function predictMatrix(chain: FittedChain, rows: Float64Array): readonly Prediction[] {
  const { manifest, booster, featureNames } = chain;
  const p = featureNames.length;
  if (rows.length % p !== 0) {
    throw new PredictError('PREDICT_COLUMN_COUNT', predictErrors.PREDICT_COLUMN_COUNT(rows.length % p, p));
  }
  const n = rows.length / p;
  for (let r = 0; r < n; r++) checkRow(chain, rows, r);
  const prepared = applySteps(manifest.steps, rows, n, p, featureNames);
  checkPrepared(prepared.rows, n, booster.inputs);
  const probabilities = booster.predict(prepared.rows);
  return Array.from(probabilities, (probability, r) => ({
    probability,
    label: probability >= manifest.threshold ? 1 : 0,
    ...describeRow(chain, rows, r),
  }));
}

function checkRow({ featureNames, use }: FittedChain, rows: Float64Array, record: number): void {
  const p = featureNames.length;
  for (let c = 0; c < p; c++) {
    if (Number.isFinite(Math.fround(rows[record * p + c] as number)) || Number.isNaN(rows[record * p + c])) continue;
    const place = { record, column: featureNames[c] as string };
    throw new PredictError('PREDICT_OUT_OF_FLOAT32', predictErrors.PREDICT_OUT_OF_FLOAT32(), place);
  }
  for (const c of use.logged) {
    if (!((rows[record * p + c] as number) <= -1)) continue;
    const place = { record, column: featureNames[c] as string };
    throw new PredictError('PREDICT_NO_LOGARITHM', predictErrors.PREDICT_NO_LOGARITHM(), place);
  }
}

/** A row whose components overflow float32 would be refused by the library too. */
function checkPrepared(prepared: Float64Array, n: number, inputs: number): void {
  if (prepared.length !== n * inputs) {
    const reason = predictErrors.PREDICT_BOOSTER_COLUMNS(inputs, prepared.length / n);
    throw new PredictError('PREDICT_BOOSTER_COLUMNS', reason);
  }
  for (let i = 0; i < prepared.length; i++) {
    const x = prepared[i] as number;
    if (Number.isFinite(Math.fround(x)) || Number.isNaN(x)) continue;
    const place = { record: Math.floor(i / inputs) };
    throw new PredictError('PREDICT_OUT_OF_FLOAT32', predictErrors.PREDICT_OUT_OF_FLOAT32(), place);
  }
}

function describeRow(
  { manifest, use, featureNames }: FittedChain,
  rows: Float64Array,
  r: number,
): Pick<Prediction, 'imputed' | 'outOfRange'> {
  const p = featureNames.length;
  const imputed: string[] = [];
  const outOfRange: string[] = [];
  for (let c = 0; c < p; c++) {
    const x = rows[r * p + c] as number;
    const range = manifest.ranges[c];
    if (Number.isNaN(x)) {
      if (use.used[c] === 1) imputed.push(featureNames[c] as string);
    } else if (!range || x < range[0] || x > range[1]) {
      outOfRange.push(featureNames[c] as string);
    }
  }
  return { imputed, outOfRange };
}

function columnNames({ columns }: BundleManifest): readonly string[] {
  const uses = new Map<string, number>();
  for (const { feature } of columns) uses.set(feature, (uses.get(feature) ?? 0) + 1);
  return columns.map(({ group, feature }) => ((uses.get(feature) ?? 0) > 1 ? `${group}.${feature}` : feature));
}
