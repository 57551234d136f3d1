import { join, resolve } from 'node:path';
import { refuseUnknownOptions, wholeNumber } from '../options.js';
import { byCodePoint, type CohortIndex, type NotUnderstood, type PatientEntry } from './cohort-index.js';
import { rtStructureSetClass, segmentationClasses } from './dicom-object.js';
import { type DicomEntry, groupSeries } from './group-series.js';
import { firstReadBytes, type RecognisedFile, recogniseFile } from './recognise-file.js';
import { againstExpression, type ExpressionCandidate } from './recognise-table.js';
import { walkFolder } from './walk-folder.js';

/** How to walk; none of it changes the result. */
export interface IndexOptions {
  /** Files read at the same time; 1 to 64, 8 when absent. Changes the speed, never the result. */
  readonly concurrency?: number;
  /** Called after each file with the number done and the number of files. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Finds out what a folder holds, by the files' content alone: DICOM objects (headers only are read), expression
 * matrices, clinical tables and precomputed radiomics tables. What is none of these is listed with the reason.
 * @param root any folder; links out of it are followed, loops end
 * @throws CohortError COHORT_ROOT_MISSING, COHORT_ROOT_NOT_A_FOLDER, COHORT_ROOT_UNREADABLE, COHORT_UNKNOWN_OPTION, COHORT_BAD_OPTION
 */
export async function indexCohort(root: string, options: IndexOptions = {}): Promise<CohortIndex> {
  refuseUnknownOptions(options, ['concurrency', 'onProgress']);
  const concurrency = wholeNumber('concurrency', options.concurrency ?? 8, 1, 64);
  const folder = resolve(root);
  const listing = await walkFolder(folder);
  const recognised = await recogniseAll(folder, listing.files, concurrency, options.onProgress);
  return assemble(folder, recognised, listing.notUnderstood);
}

async function recogniseAll(
  root: string,
  files: readonly string[],
  concurrency: number,
  onProgress: IndexOptions['onProgress'],
): Promise<RecognisedFile[]> {
  const results = new Array<RecognisedFile>(files.length);
  let next = 0;
  let done = 0;
  const worker = async () => {
    const buffer = Buffer.allocUnsafe(firstReadBytes);
    while (next < files.length) {
      const i = next++;
      const path = files[i] as string;
      results[i] = await recogniseFile(join(root, path), path, buffer);
      onProgress?.(++done, files.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, files.length) }, worker));
  return results;
}

/** @param recognised in the order of the sorted paths */
function assemble(
  root: string,
  recognised: readonly RecognisedFile[],
  unlisted: readonly NotUnderstood[],
): CohortIndex {
  const dicom: DicomEntry[] = [];
  const candidates: ExpressionCandidate[] = [];
  const notUnderstood = [...unlisted];
  const clinical: CohortIndex['clinical'][number][] = [];
  const radiomics: CohortIndex['radiomics'][number][] = [];
  for (const found of recognised) {
    if (found.type === 'dicom') dicom.push(found.entry);
    else if (found.type === 'expression') candidates.push(found.candidate);
    else if (found.type === 'clinical') clinical.push(found.file);
    else if (found.type === 'radiomics') radiomics.push(found.file);
    else notUnderstood.push(found.entry);
  }
  const { series, notUnderstood: copies } = groupSeries(dicom);
  notUnderstood.push(...copies);
  const known = new Set(series.map((s) => s.patientId));
  for (const table of [...clinical, ...radiomics]) for (const id of table.patientIds) known.add(id);
  const expression: CohortIndex['expression'][number][] = [];
  for (const candidate of candidates) {
    const reason = againstExpression(candidate, known);
    if (reason === undefined) expression.push(candidate.file);
    else notUnderstood.push({ path: candidate.file.path, reason, kind: 'unknown' });
  }
  notUnderstood.sort((a, b) => byCodePoint(a.path, b.path));
  const found = { root, expression, clinical, radiomics, series };
  return { ...found, patients: patientEntries(found), notUnderstood };
}

function patientEntries(found: Omit<CohortIndex, 'patients' | 'notUnderstood'>): PatientEntry[] {
  const idsOf = (tables: readonly (readonly string[])[]) => new Set(tables.flat());
  const genomic = idsOf(found.expression.map((file) => file.sampleIds));
  const clinical = idsOf(found.clinical.map((file) => file.patientIds));
  const radiomicsTable = idsOf(found.radiomics.map((file) => file.patientIds));
  const ct = new Set(found.series.filter((s) => s.modality === 'CT').map((s) => s.patientId));
  const drawn = found.series.filter(
    (s) => segmentationClasses.has(s.sopClassUid) || s.sopClassUid === rtStructureSetClass,
  );
  const segmentation = new Set(drawn.map((s) => s.patientId));
  const imaged = found.series.map((s) => s.patientId);
  const ids = [...new Set([...genomic, ...clinical, ...radiomicsTable, ...imaged])].sort(byCodePoint);
  return ids.map((patientId) => ({
    patientId,
    modalities: {
      genomic: genomic.has(patientId),
      clinical: clinical.has(patientId),
      ct: ct.has(patientId),
      segmentation: segmentation.has(patientId),
      radiomicsTable: radiomicsTable.has(patientId),
    },
  }));
}
