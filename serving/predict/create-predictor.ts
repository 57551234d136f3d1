import type { Answer, BundleManifest, ModelBundle } from '../../training/bundle/index.js';
import type { Booster } from './booster/booster.js';
import { type ColumnUse, checkManifest, traceColumns } from './chain.js';
import { predictError } from './errors.js';
import { addContributions, addMargins, checkPrepared, memberInputs, type ReadyMember, readyMembers } from './member.js';
import type { Contributions, Prediction, Predictor } from './predictor.js';
import { recordReader } from './records.js';
import { medianSurvivalDays, survivalOf } from './survival.js';

/**
 * The whole fitted chain as one function: raw columns -> the steps and model of each member -> their weighted sum -> the answer.
 *
 * `imputed` names the columns that were missing and can change the answer (a column that training dropped is never
 * filled in); `outOfRange` names every column whose value lies outside what training saw, dropped ones included.
 * A column's name is the feature's; where two groups share one it is `group.feature`.
 * @throws PredictError when the bundle contradicts itself or its booster cannot be evaluated
 */
export function createPredictor(bundle: ModelBundle): Predictor {
  const { manifest } = bundle;
  checkManifest(manifest);
  const members = readyMembers(bundle);
  const featureNames = columnNames(manifest);
  const readRecords = recordReader(featureNames);
  const chain = { manifest, members, use: traceColumns(manifest), featureNames, exact: libraryLink(manifest, members) };
  const predictRows = (rows: Float64Array): readonly Prediction[] => predictMatrix(chain, rows);
  const [only] = members;
  const projected = members.length === 1 && only?.member.steps.some(({ kind }) => kind === 'pca') === true;
  return {
    modelId: manifest.modelId,
    featureNames,
    componentNames: projected ? only.member.inputs : [],
    predictRows,
    predictComponents: (rows) => predictPrepared(chain, projected ? only : undefined, rows),
    predictRecords: (records) => predictRows(readRecords(records)),
    explainRows: (rows) => explainMatrix(chain, rows),
    survivalCurve: (risk, timeDays) => survivalOf(manifest.answer, risk, timeDays),
  };
}

interface FittedChain {
  readonly manifest: BundleManifest;
  readonly members: readonly ReadyMember[];
  readonly use: ColumnUse;
  readonly featureNames: readonly string[];
  /** The booster whose own float32 link gives the score, so that it has the bits of XGBoost's library. */
  readonly exact: Booster | undefined;
}

/** One booster alone, whose margin is the risk. */
function libraryLink({ answer }: BundleManifest, [first, ...others]: readonly ReadyMember[]): Booster | undefined {
  if (first?.booster === undefined || others.length > 0) return undefined;
  const sign = answer.kind === 'log-time' ? -1 : 1;
  if (first.member.weight !== 1 || answer.slope !== sign || answer.intercept !== 0) return undefined;
  return objectives[answer.kind].includes(first.booster.objective) ? first.booster : undefined;
}

/** Objectives whose link is that of the answer. */
const objectives: Readonly<Record<Answer['kind'], readonly string[]>> = {
  probability: ['reg:logistic', 'binary:logistic'],
  hazard: ['survival:cox'],
  'log-time': ['survival:aft'],
};

function predictMatrix(chain: FittedChain, rows: Float64Array): readonly Prediction[] {
  const n = rowCount(rows, chain.featureNames.length);
  for (let r = 0; r < n; r++) checkRow(chain, rows, r);
  const sums = new Float64Array(n);
  for (const member of chain.members) addMargins(member, memberInputs(member, rows, n, chain.featureNames), sums);
  const scores = chain.exact?.link(Float32Array.from(sums));
  return Array.from(sums, (margin, r) => answerOf(chain.manifest, margin, scores?.[r], describeRow(chain, rows, r)));
}

function predictPrepared(
  { manifest, exact }: FittedChain,
  only: ReadyMember | undefined,
  rows: Float64Array,
): readonly Prediction[] {
  const p = only?.member.inputs.length ?? 0;
  const n = only === undefined && rows.length === 0 ? 0 : rowCount(rows, p);
  if (only === undefined || n === 0) return [];
  checkPrepared(rows, p);
  const sums = new Float64Array(n);
  addMargins(only, rows, sums);
  const scores = exact?.link(Float32Array.from(sums));
  return Array.from(sums, (margin, r) => answerOf(manifest, margin, scores?.[r], { imputed: [], outOfRange: [] }));
}

function answerOf(
  { answer, threshold, riskGroups }: BundleManifest,
  margin: number,
  exact: number | undefined,
  about: Pick<Prediction, 'imputed' | 'outOfRange'>,
): Prediction {
  const risk = answer.intercept + answer.slope * margin;
  const score = exact ?? links[answer.kind](risk);
  const probability = answer.kind === 'probability' ? score : null;
  return {
    score,
    probability,
    label: probability === null || threshold === null ? null : probability >= threshold ? 1 : 0,
    risk,
    riskGroup: riskGroups === null ? null : (riskGroups.names[groupAt(riskGroups.cuts, risk)] as string),
    medianSurvivalDays: medianSurvivalDays(answer, risk),
    imputed: about.imputed,
    outOfRange: about.outOfRange,
  };
}

/** From the risk to the answer as one number. */
const links: Readonly<Record<Answer['kind'], (risk: number) => number>> = {
  probability: (risk) => 1 / (1 + Math.exp(-risk)),
  hazard: (risk) => Math.exp(risk),
  'log-time': (risk) => Math.exp(-risk),
};

function groupAt(cuts: readonly number[], risk: number): number {
  let group = 0;
  while (group < cuts.length && (cuts[group] as number) <= risk) group++;
  return group;
}

function explainMatrix({ manifest, members, featureNames, ...chain }: FittedChain, rows: Float64Array) {
  const p = featureNames.length;
  const n = rowCount(rows, p);
  for (let r = 0; r < n; r++) checkRow({ featureNames, ...chain }, rows, r);
  const { slope, intercept } = manifest.answer;
  const all = new Float64Array(n * p);
  let expected = 0;
  for (const member of n === 0 ? [] : members) {
    const inputs = memberInputs(member, rows, n, featureNames);
    expected += addContributions(member, rows, inputs, n, all);
  }
  expected = intercept + slope * expected;
  return Array.from({ length: n }, (_, r): Contributions => {
    const byFeature = all.slice(r * p, (r + 1) * p);
    const byModality: Record<string, number> = {};
    let risk = expected;
    for (let c = 0; c < p; c++) {
      const share = slope * (byFeature[c] as number);
      const { group } = manifest.columns[c] as (typeof manifest.columns)[number];
      byFeature[c] = share;
      byModality[group] = (byModality[group] ?? 0) + share;
      risk += share;
    }
    return { risk, expected, byFeature, byModality };
  });
}

function rowCount(rows: Float64Array, p: number): number {
  if (p > 0 && rows.length % p === 0) return rows.length / p;
  const found = p === 0 ? rows.length : rows.length % p;
  throw predictError('PREDICT_COLUMN_COUNT', [found, p]);
}

function checkRow(
  { featureNames, use }: Pick<FittedChain, 'featureNames' | 'use'>,
  rows: Float64Array,
  record: number,
): void {
  const p = featureNames.length;
  for (let c = 0; c < p; c++) {
    if (Number.isFinite(Math.fround(rows[record * p + c] as number)) || Number.isNaN(rows[record * p + c])) continue;
    const place = { record, column: featureNames[c] as string };
    throw predictError('PREDICT_OUT_OF_FLOAT32', [], place);
  }
  for (const c of use.logged) {
    if (!((rows[record * p + c] as number) <= -1)) continue;
    const place = { record, column: featureNames[c] as string };
    throw predictError('PREDICT_NO_LOGARITHM', [], place);
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
