import type { FeatureStore, StoredGroup } from '../../../featurestore/index.js';
import { alikeIds, clinicalCodebook, type Finding, storedName, storedRowFindings } from '../../../pipelines/index.js';
import { listRuns } from '../../../training/index.js';
import type { FindingsReply, MissingRate, QualityFinding } from '../replies/cohort-reply.js';
import type { FolderLook } from './cohort-folder.js';
import { meaningOf } from './finding-meanings.js';
import { groupTitle, patientGroups, quoted } from './patient-groups.js';
import { clinicalPatients } from './survival.js';

/** Groups with more columns are not searched for gaps and copies. */
const mostColumns = 500;

const dataColumns = clinicalCodebook
  .filter(({ kind }) => kind !== 'identifier')
  .map(({ header }) => storedName(header));
const dateColumns = new Set(
  clinicalCodebook.filter(({ kind }) => kind === 'date').map(({ header }) => storedName(header)),
);

/** A category's own column is bookkeeping, since its one-hot columns enter models: what it is about is its row of the codebook's role. */
const categoryRoles = new Map(
  clinicalCodebook.flatMap((row) => (row.kind === 'category' ? [[storedName(row.header), row.role] as const] : [])),
);

/** Everything that the store and, where there is one, the folder of raw files have to say against the data. */
export async function findingsOf(store: FeatureStore, folder: FolderLook | undefined): Promise<FindingsReply> {
  const groups = await patientGroups(store);
  const narrow = groups.filter(({ definitions }) => definitions.length <= mostColumns);
  const clinical = (await clinicalPatients(store, dataColumns)) ?? [];
  const ids = clinical.map(({ patientId }) => ({ patientId }));
  const found = [
    ...(await failures(store, folder)),
    ...clinical.flatMap(({ patientId, values }) => storedRowFindings(patientId, withDays(values)).map(inColumn)),
    ...(folder?.findings ?? alikeIds({ patients: ids.map((id) => ({ ...id, modalities: nothing })) })).map(inColumn),
    ...copies(
      'clinical',
      'CLINICAL_SAME_RECORD',
      clinical.map(({ patientId, values }) => [patientId, pick(values)]),
    ),
    ...(await sameFeatures(store, narrow)),
    ...filesOf(folder),
  ];
  return {
    findings: inOrder(distinct(found)),
    missing: await missingRates(store, narrow),
    tooWide: groups.filter((group) => !narrow.includes(group)).map(({ name }) => name),
    folderSeenAtMs: folder?.seenAtMs ?? null,
  };
}

const nothing = { genomic: false, clinical: true, ct: false, segmentation: false, radiomicsTable: false };

/** Dates leave the store as text and are compared as milliseconds. */
function withDays(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string | number | null>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value === 'string' && dateColumns.has(name)) return [name, Date.parse(value)];
      return [name, typeof value === 'number' || typeof value === 'string' ? value : null];
    }),
  );
}

function pick(values: Readonly<Record<string, unknown>>): readonly unknown[] {
  return dataColumns.map((column) => values[column] ?? null);
}

function finding(of: Omit<QualityFinding, 'means'>): QualityFinding {
  return { ...of, means: meaningOf(of.code, of.severity) };
}

function inColumn({ severity, code, message, patientId, column }: Finding): QualityFinding {
  const where =
    column ?? (code.startsWith('PIPELINE_') ? 'files' : groupTitle(code.split('_')[0]?.toLowerCase() ?? ''));
  return finding({ severity, code, patientId: patientId ?? null, where, found: withoutId(message, patientId) });
}

/** The patient stands in a column of its own. */
function withoutId(message: string, patientId: string | undefined): string {
  return patientId !== undefined && message.startsWith(`${patientId}: `)
    ? message.slice(patientId.length + 2)
    : message;
}

/** Patients whose newest imaging job failed, and whatever of the folder gave nothing. */
async function failures(store: FeatureStore, folder: FolderLook | undefined): Promise<readonly QualityFinding[]> {
  const found: QualityFinding[] = [];
  const seen = new Set<string>();
  let remarks = 0;
  for (const run of await listRuns(store, { kind: 'imaging-job' })) {
    const patientId = String(run.parameters.patient ?? run.name);
    if (seen.has(patientId)) continue;
    seen.add(patientId);
    remarks += run.metrics.findings?.value ?? 0;
    if (run.status !== 'failed') continue;
    const what = run.failure ?? 'the job failed';
    found.push(finding({ severity: 'failure', code: 'IMAGING_JOB_FAILED', patientId, where: 'images', found: what }));
  }
  if (remarks > 0) {
    const what = `the newest imaging jobs noted ${remarks} things that stopped nothing`;
    found.push(finding({ severity: 'info', code: 'IMAGING_FINDINGS', patientId: null, where: 'images', found: what }));
  }
  const patients = new Set(folder?.index.patients.map(({ patientId }) => patientId));
  for (const { subject, code, reason } of folder?.failed ?? []) {
    const patientId = patients.has(subject) ? subject : null;
    if (patientId !== null && found.some((one) => one.patientId === patientId && one.found === reason)) continue;
    found.push(
      finding({ severity: 'failure', code, patientId, where: patientId === null ? subject : 'files', found: reason }),
    );
  }
  return found;
}

function filesOf(folder: FolderLook | undefined): readonly QualityFinding[] {
  return (folder?.index.notUnderstood ?? []).map(({ path, reason, kind, patientId }) =>
    finding({
      severity: kind === 'broken' ? 'failure' : 'info',
      code: kind === 'broken' ? 'FILE_BROKEN' : 'FILE_UNKNOWN',
      patientId: patientId ?? null,
      where: path,
      found: reason,
    }),
  );
}

/** Records of the pipelines' feature groups that are the same to the last digit. */
async function sameFeatures(store: FeatureStore, groups: readonly StoredGroup[]): Promise<readonly QualityFinding[]> {
  const found: QualityFinding[] = [];
  for (const { name, definitions, recordIdentifier } of groups) {
    const features = definitions.filter(({ role, type }) => role === 'feature' && type === 'double');
    // A few numbers can be alike by chance.
    if (name === 'clinical' || features.length < 10) continue;
    const columns = [recordIdentifier, ...features.map((feature) => feature.name)].map(quoted).join(', ');
    const { rows } = await store.query(`SELECT ${columns} FROM ${quoted(name)} ORDER BY ${quoted(recordIdentifier)}`);
    found.push(
      ...copies(
        name,
        'SAME_FEATURES',
        rows.map(([id, ...cells]) => [String(id), cells]),
      ),
    );
  }
  return found;
}

function copies(
  group: string,
  code: string,
  records: readonly (readonly [patientId: string, cells: readonly unknown[]])[],
): readonly QualityFinding[] {
  const first = new Map<string, string>();
  return records.flatMap(([patientId, cells]) => {
    if (cells.every((cell) => cell === null)) return [];
    const key = JSON.stringify(cells);
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, patientId);
      return [];
    }
    const what = `every value of the group "${group}" is the same as of ${other}`;
    return [finding({ severity: 'warning', code, patientId, where: group, found: what })];
  });
}

/** The store and the folder's tables say the same of a patient: once is enough. */
function distinct(found: readonly QualityFinding[]): readonly QualityFinding[] {
  const seen = new Set<string>();
  return found.filter(({ code, patientId, found: what, where }) => {
    const key = JSON.stringify([code, patientId, where, what]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const weight = { failure: 0, warning: 1, info: 2 } as const;

function inOrder(found: readonly QualityFinding[]): readonly QualityFinding[] {
  return [...found].sort((a, b) => weight[a.severity] - weight[b.severity]);
}

async function missingRates(store: FeatureStore, groups: readonly StoredGroup[]): Promise<readonly MissingRate[]> {
  const rates: MissingRate[] = [];
  for (const group of groups) {
    // One-hot columns of the clinical group say nothing that the column they stand for does not say.
    const features = group.definitions
      .filter(({ name }) => name !== group.recordIdentifier && name !== group.eventTime)
      .filter(({ name }) => group.name !== 'clinical' || dataColumns.includes(name) || name.startsWith('survival_'));
    if (features.length === 0) continue;
    const roles = new Map(features.map(({ name, role }) => [name, categoryRoles.get(name) ?? role]));
    const described = await store.statistics(group.name, {
      features: [...roles.keys()],
      bins: 1,
      top: 0,
      quantiles: [],
    });
    for (const { feature, missing, count } of described) {
      if (missing === 0) continue;
      const role = roles.get(feature) ?? '';
      rates.push({ group: group.name, column: feature, role, missing, records: missing + count });
    }
  }
  return rates.sort((a, b) => b.missing / b.records - a.missing / a.records);
}
