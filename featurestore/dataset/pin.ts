import type { Dataset, DatasetSpec, PinnedDataset } from '../contract/index.js';
import { storeError } from '../errors.js';
import type { Catalogue } from '../sql/catalogue.js';
import { readRows, type SqlDatabase } from '../sql/database.js';
import { internalSchema } from '../sql/statements.js';
import { checkSpec } from './check-spec.js';

type PinnedOutcome = Required<NonNullable<DatasetSpec['outcome']>>;

/** A spec that says of every group which version and which lines of its history count. */
export interface PinnedSpec extends DatasetSpec {
  readonly groups: readonly (DatasetSpec['groups'][number] & { readonly version: number; readonly upToSeq: number })[];
  readonly outcome?: PinnedOutcome;
}

/**
 * Fills in the newest version and the last line of every group. Lines that are written later have greater numbers, also those that another
 * process writes meanwhile.
 * @throws StoreError STORE_BAD_SPEC, STORE_UNKNOWN_GROUP, STORE_UNKNOWN_VERSION or STORE_HISTORY_GONE
 */
export async function pinSpec(database: SqlDatabase, catalogue: Catalogue, spec: DatasetSpec): Promise<PinnedSpec> {
  checkSpec(spec);
  const joined = spec.groups.map((wanted) => ({
    ...wanted,
    version: catalogue.version(wanted.name, wanted.version).version,
  }));
  const names = [...new Set([...joined.map(({ name }) => name), ...(spec.outcome ? [spec.outcome.group] : [])])];
  const last = await lastSeqs(database, catalogue, names);
  const pin = (name: string, wanted = last.get(name) ?? 0): number => {
    const found = last.get(name) ?? 0;
    if (wanted > found) throw storeError('STORE_HISTORY_GONE', name, found, wanted);
    return wanted;
  };
  const groups = joined.map((group) => ({ ...group, upToSeq: pin(group.name, group.upToSeq) }));
  const { outcome, ...rest } = spec;
  if (outcome === undefined) return { ...rest, groups };
  const beside = groups.find(({ name }) => name === outcome.group);
  const { version = beside?.version, upToSeq = beside?.upToSeq } = outcome;
  if (beside !== undefined && (version !== beside.version || upToSeq !== beside.upToSeq)) {
    const what = `the outcome is read at another version or line of group "${outcome.group}" than the one that is joined`;
    throw storeError('STORE_BAD_SPEC', what);
  }
  const found = catalogue.version(outcome.group, version).version;
  return { ...rest, groups, outcome: { ...outcome, version: found, upToSeq: pin(outcome.group, upToSeq) } };
}

/** The last line of each group's history, all looked up at one moment. */
async function lastSeqs(
  database: SqlDatabase,
  catalogue: Catalogue,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const greatest = names.map((name) => {
    const { groupId } = catalogue.version(name);
    return `coalesce((SELECT max(seq) FROM ${internalSchema}.log WHERE group_id = ${groupId}), 0)`;
  });
  const [row] = await readRows(database, `SELECT ${greatest.join(', ')}`);
  return new Map(names.map((name, index) => [name, Number(row?.[index])] as const));
}

/** What a dataset is rebuilt from. */
export function pinnedDataset(spec: PinnedSpec, dataset: Dataset): PinnedDataset {
  return {
    format: 'thoracle-dataset',
    formatVersion: 1,
    spec,
    digest: dataset.digest,
    patients: dataset.patientIds.length,
    columns: dataset.columns.length,
  };
}

/** Checks the shape of what a dataset is to be rebuilt from, which may come from a file. @throws StoreError STORE_BAD_SPEC */
export function checkPinned(pinned: PinnedDataset): void {
  const bad = (what: string): Error => storeError('STORE_BAD_SPEC', what);
  if (pinned?.format !== 'thoracle-dataset') throw bad('it is not the description of a dataset that was built');
  if (pinned.formatVersion !== 1) {
    throw bad(`its format is ${JSON.stringify(pinned.formatVersion)}, this program reads 1`);
  }
  if (!/^[0-9a-f]{64}$/.test(String(pinned.digest))) throw bad('it has no digest');
  checkSpec(pinned.spec);
  const { groups, outcome } = pinned.spec;
  const loose = [...groups.map((group) => ({ ...group, group: group.name })), ...(outcome ? [outcome] : [])].find(
    ({ version, upToSeq }) => version === undefined || upToSeq === undefined,
  );
  if (loose !== undefined) throw bad(`group "${loose.group}" has no version and upToSeq`);
}

/** @throws StoreError STORE_DATASET_DIFFERS */
export function checkRebuilt(pinned: PinnedDataset, { digest, patientIds, columns }: Dataset): void {
  if (digest === pinned.digest) return;
  const say = (sha256: string, patients: number, width: number): string =>
    `${patients} patients, ${width} columns and the digest ${sha256}`;
  throw storeError(
    'STORE_DATASET_DIFFERS',
    say(digest, patientIds.length, columns.length),
    say(pinned.digest, pinned.patients, pinned.columns),
  );
}
