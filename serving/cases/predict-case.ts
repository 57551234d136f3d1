import type { FeatureRecord, FeatureStore, HistoryRow } from '../../featurestore/contract/index.js';
import type { BundleManifest, ModelColumn } from '../../training/bundle/index.js';
import { ServingError, servingErrors } from '../errors.js';
import { PredictError, type Prediction, type Predictor, predictErrors } from '../predict/index.js';

/** What a prediction for a stored patient needs: the chain and the groups it was trained on. */
export interface CaseModel {
  readonly manifest: BundleManifest;
  readonly predictor: Predictor;
}

/** The methods of the store that are used. */
export type CaseStore = Pick<FeatureStore, 'listGroups' | 'history'>;

/**
 * Predicts from the store's latest records of one patient, each at the version of its group that the model was trained on.
 * A group without a record of the patient is a missing modality.
 * @throws ServingError SERVING_UNKNOWN_CASE when no group holds the patient, SERVING_GROUP_MISSING or
 *   SERVING_GROUP_CHANGED when store and model disagree about a group, SERVING_CASE_NOT_NUMERIC or SERVING_CASE_UNUSABLE
 */
export async function predictCase(store: CaseStore, model: CaseModel, caseId: string): Promise<Prediction> {
  const rows = await caseRows(store, model, [caseId]);
  return ofCases([caseId], () => model.predictor.predictRows(rows))[0] as Prediction;
}

/**
 * The raw features of stored patients, as `predictCase` takes them.
 * @returns row-major, shape (cases x columns), NaN = missing
 * @throws as `predictCase`
 */
export async function caseRows(
  store: CaseStore,
  { manifest: { columns } }: Pick<CaseModel, 'manifest'>,
  caseIds: readonly string[],
): Promise<Float64Array> {
  const groups = await checkedGroups(store, columns);
  const rows = new Float64Array(caseIds.length * columns.length);
  for (const [i, caseId] of caseIds.entries()) {
    rows.set(await caseRow(store, groups, columns, caseId), i * columns.length);
  }
  return rows;
}

async function caseRow(
  store: CaseStore,
  groups: ReadonlyMap<string, number>,
  columns: readonly ModelColumn[],
  caseId: string,
): Promise<Float64Array> {
  const records = new Map<string, FeatureRecord>();
  for (const [group, version] of groups) {
    const record = await recordAt(store, group, version, caseId);
    if (record !== undefined) records.set(group, record);
  }
  if (records.size === 0) {
    throw new ServingError('SERVING_UNKNOWN_CASE', servingErrors.SERVING_UNKNOWN_CASE(caseId, [...groups.keys()]));
  }
  const row = Float64Array.from(columns, (column) => columnValue(records.get(column.group), column, caseId));
  if (row.every(Number.isNaN)) {
    const message = servingErrors.SERVING_CASE_UNUSABLE(caseId, 'its record', predictErrors.PREDICT_EMPTY_RECORD());
    throw new ServingError('SERVING_CASE_UNUSABLE', message);
  }
  return row;
}

/** The model's groups with the version each was trained on, in the order of the columns. */
async function checkedGroups(store: CaseStore, columns: readonly ModelColumn[]): Promise<ReadonlyMap<string, number>> {
  const held = new Set((await store.listGroups()).map((group) => group.name));
  const versions = new Map<string, number>();
  for (const { group, version } of columns) {
    const known = versions.get(group);
    if (known !== undefined && known !== version) {
      throw new ServingError('SERVING_GROUP_VERSIONS', servingErrors.SERVING_GROUP_VERSIONS(group, [known, version]));
    }
    if (!held.has(group)) {
      throw new ServingError('SERVING_GROUP_MISSING', servingErrors.SERVING_GROUP_MISSING(group));
    }
    versions.set(group, version);
  }
  return versions;
}

/**
 * The latest record at one version. The same facts may also be stored at another version (other settings); facts of a later
 * time may not, because this version does not know them.
 */
async function recordAt(
  store: CaseStore,
  group: string,
  version: number,
  caseId: string,
): Promise<FeatureRecord | undefined> {
  const history = await store.history(group, caseId);
  const latest = latestOf(history);
  if (latest === undefined || latest.isDeleted) return undefined;
  const own = latestOf(history.filter((row) => row.version === version || row.isDeleted));
  if (own !== undefined && !own.isDeleted && own.eventTime === latest.eventTime) return own;
  const message = servingErrors.SERVING_GROUP_CHANGED(group, caseId, latest.version, version);
  throw new ServingError('SERVING_GROUP_CHANGED', message);
}

/** Greatest event time, then the last written; a deletion counts. */
function latestOf(history: readonly HistoryRow[]): HistoryRow | undefined {
  let latest: HistoryRow | undefined;
  for (const row of history) {
    if (latest === undefined || Date.parse(row.eventTime) >= Date.parse(latest.eventTime)) latest = row;
  }
  return latest;
}

function columnValue(record: FeatureRecord | undefined, { group, feature }: ModelColumn, caseId: string): number {
  if (record === undefined) return Number.NaN;
  const value = Object.hasOwn(record.values, feature) ? record.values[feature] : undefined;
  if (value === null) return Number.NaN;
  if (typeof value === 'number') return value;
  const found = value === undefined ? 'no such column' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
  const message = servingErrors.SERVING_CASE_NOT_NUMERIC(group, feature, caseId, found);
  throw new ServingError('SERVING_CASE_NOT_NUMERIC', message);
}

/**
 * Runs what answers rows. A stored patient is no numbered row: when one cannot be used, the message names the patient instead.
 * @param caseIds whose rows they are; undefined: the rows are the caller's own
 */
export function ofCases<T>(caseIds: readonly string[] | undefined, answer: () => T): T {
  if (caseIds === undefined) return answer();
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof PredictError) || error.record === undefined) throw error;
    const column = error.column === undefined ? 'its record' : `column "${error.column}"`;
    const message = servingErrors.SERVING_CASE_UNUSABLE(caseIds[error.record] ?? '', column, error.reason);
    throw new ServingError('SERVING_CASE_UNUSABLE', message, { cause: error });
  }
}
