import type { FeatureStore } from '../../../featurestore/index.js';
import { listRuns } from '../../../training/index.js';
import type { CellState, CohortModality, ModalitiesReply, ModalityCell } from '../replies/cohort-reply.js';
import type { FolderLook } from './cohort-folder.js';
import { groupTitle, patientGroups, recordIds } from './patient-groups.js';

/** One column of the matrix on its way. */
interface Column {
  readonly name: string;
  readonly title: string;
  readonly kind: CohortModality['kind'];
  readonly cellOf: (patientId: string) => ModalityCell;
}

const ofStages = ['genomic', 'clinical', 'imaging'] as const;
type StageName = (typeof ofStages)[number];

/** Which patient has what: the store's groups, the imaging jobs it remembers, and the raw files where there is a folder. */
export async function modalitiesOf(store: FeatureStore, folder: FolderLook | undefined): Promise<ModalitiesReply> {
  const groups = await patientGroups(store);
  const idsOf = new Map<string, ReadonlySet<string>>();
  for (const group of groups) idsOf.set(group.name, new Set(await recordIds(store, group)));
  const jobs = await lastImagingJobs(store);
  const names = [...new Set([...(folder === undefined ? [] : ofStages), ...idsOf.keys()])];
  const columns = [
    ...names.map((name) => featureColumn(name, idsOf.get(name) ?? new Set(), jobs, folder)),
    ...(folder === undefined ? [] : fileColumns(folder)),
  ];
  const inFolder = folder?.index.patients.map(({ patientId }) => patientId) ?? [];
  const ids = [...new Set([...[...idsOf.values()].flatMap((own) => [...own]), ...jobs.keys(), ...inFolder])].sort();
  const patients = ids.map((patientId) => ({ patientId, cells: columns.map(({ cellOf }) => cellOf(patientId)) }));
  const modalities = columns.map(({ name, title, kind }, i): CohortModality => {
    const counts: Record<CellState, number> = { present: 0, failed: 0, files: 0, missing: 0 };
    for (const { cells } of patients) counts[(cells[i] as ModalityCell).state]++;
    return { name, title, kind, counts };
  });
  return { modalities, patients, hasFolder: folder !== undefined };
}

/** How each patient's newest imaging job ended: the reason of a failure, or null. */
async function lastImagingJobs(store: FeatureStore): Promise<ReadonlyMap<string, string | null>> {
  const last = new Map<string, string | null>();
  for (const run of await listRuns(store, { kind: 'imaging-job' })) {
    const patient = String(run.parameters.patient ?? run.name);
    if (!last.has(patient)) last.set(patient, run.status === 'failed' ? (run.failure ?? 'the job failed') : null);
  }
  return last;
}

function featureColumn(
  name: string,
  inStore: ReadonlySet<string>,
  jobs: ReadonlyMap<string, string | null>,
  folder: FolderLook | undefined,
): Column {
  const stage = ofStages.find((known) => known === name);
  const told = stage === undefined ? new Map<string, ModalityCell>() : toldByFolder(stage, folder);
  const cellOf = (patientId: string): ModalityCell => {
    const failure = name === 'imaging' ? (jobs.get(patientId) ?? null) : null;
    if (inStore.has(patientId)) {
      const reason = failure === null ? null : `from an earlier run; the newest one failed: ${failure}`;
      return { state: 'present', reason };
    }
    if (failure !== null) return { state: 'failed', reason: failure };
    return told.get(patientId) ?? { state: 'missing', reason: null };
  };
  return { name, title: groupTitle(name), kind: 'features', cellOf };
}

/** What the folder says of patients without features. */
function toldByFolder(stage: StageName, folder: FolderLook | undefined): ReadonlyMap<string, ModalityCell> {
  const told = new Map<string, ModalityCell>();
  if (folder === undefined) return told;
  for (const { patientId, modalities } of folder.index.patients) {
    const { genomic, clinical, ct, segmentation, radiomicsTable } = modalities;
    const hasFiles = { genomic, clinical, imaging: ct || segmentation || radiomicsTable }[stage];
    if (hasFiles)
      told.set(patientId, { state: 'files', reason: 'files are there; "thoracle run" makes features of them' });
  }
  for (const { stage: of, patient, reason } of folder.plan?.skipped ?? []) {
    if (of === stage) told.set(patient, { state: 'files', reason });
  }
  const codes = { genomic: /^GENOMIC_/, clinical: /^CLINICAL_/, imaging: /^(?!GENOMIC_|CLINICAL_)/ }[stage];
  for (const { subject, code, reason } of folder.failed) {
    if (codes.test(code)) told.set(subject, { state: 'failed', reason });
  }
  return told;
}

/** Nothing where the folder holds no image at all: tables are told of by their features. */
function fileColumns({ index }: FolderLook): readonly Column[] {
  if (!index.patients.some(({ modalities }) => modalities.ct || modalities.segmentation)) return [];
  const found = new Map(index.patients.map(({ patientId, modalities }) => [patientId, modalities]));
  const column = (name: 'ct' | 'segmentation', title: string): Column => ({
    name,
    title,
    kind: 'files',
    cellOf: (patientId) => ({ state: found.get(patientId)?.[name] === true ? 'present' : 'missing', reason: null }),
  });
  return [column('ct', 'CT files'), column('segmentation', 'Segmentation files')];
}
