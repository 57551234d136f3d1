import { mkdir, open, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { refuseUnknownOptions, wholeNumber } from '../options.js';
import { withOutcomes } from './clinical-outcome.js';
import { type ClinicalRecord, clinicalRecord } from './clinical-record.js';
import { type PlannedPatient, planCohort } from './cohort-plan.js';
import { ctSeries } from './ct-series.js';
import { expressionLines } from './expression-matrix.js';
import { type DicomObjectFile, planStudy } from './imaging-study.js';
import { writeWholeFolder } from './output-folder.js';
import { opaqueName, RandomStream } from './random-stream.js';
import { segmentationObject } from './segmentation-object.js';
import { structureSet } from './structure-set.js';
import { clinicalTable, truthTable } from './tables.js';
import { drawGrid, drawPhantom } from './thorax-phantom.js';
import { drawTumour } from './tumour.js';

/** A cohort of this size takes about 3.5 GB. */
export const maxSyntheticPatients = 10_000;

/** What to generate and where. */
export interface GenerateOptions {
  /** 1 to 10,000. */
  readonly patients: number;
  /** 0 to 2^53 - 1; the same seed and number of patients give the same bytes in every file. */
  readonly seed: number;
  /** A new or empty folder. */
  readonly out: string;
  /** Called after each patient's images. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What was written: counts of patients by what they have, and where the files are. */
export interface GeneratedCohort {
  /** Absolute path. */
  readonly out: string;
  readonly patients: number;
  readonly seed: number;
  readonly dead: number;
  /** Patients with a column in the expression matrix. */
  readonly withGenomics: number;
  readonly withImaging: number;
  /** Patients with all three modalities. */
  readonly complete: number;
  readonly files: number;
  readonly bytes: number;
  readonly expressionFile: string;
  readonly clinicalFile: string;
  /** The true factors; the index does not take it for data. */
  readonly truthFile: string;
}

const expressionFile = 'GSE103584_R01_NSCLC_RNAseq.SYNTHETIC.txt';
const clinicalFile = 'NSCLCR01Radiogenomic_DATA_LABELS.SYNTHETIC.csv';
const truthFile = 'synthetic-truth.csv';

interface Written {
  files: number;
  bytes: number;
}

/**
 * Makes a cohort of invented patients in the formats of the NSCLC Radiogenomics collection: expression matrix, clinical
 * table and per patient a CT series with a DICOM SEG and / or RTSTRUCT. Its outcome follows one known factor in each
 * modality (proportional hazards); the factors are written beside the data. Everything says SYNTHETIC.
 * @throws CohortError COHORT_UNKNOWN_OPTION, COHORT_BAD_OPTION, COHORT_OUT_NOT_EMPTY, COHORT_OUT_NOT_A_FOLDER, COHORT_OUT_UNWRITABLE
 */
export async function generateCohort(options: GenerateOptions): Promise<GeneratedCohort> {
  refuseUnknownOptions(options, ['patients', 'seed', 'out', 'onProgress']);
  const count = wholeNumber('patients', options.patients, 1, maxSyntheticPatients);
  const seed = wholeNumber('seed', options.seed, 0, Number.MAX_SAFE_INTEGER);
  const patients = planCohort(count, seed);
  const drafts = patients.map((patient) => clinicalRecord(patient, seed));
  const records = withOutcomes(drafts, patients, seed);
  const written = await writeWholeFolder(options.out, async (folder) => {
    const totals: Written = { files: 0, bytes: 0 };
    await writeTables(folder, patients, records, seed, totals);
    for (const patient of patients) {
      if (patient.contour !== 'none') {
        await writeImages(folder, patient, records[patient.position] as ClinicalRecord, seed, totals);
      }
      options.onProgress?.(patient.position + 1, count);
    }
    return totals;
  });
  return {
    out: resolve(options.out),
    patients: count,
    seed,
    dead: patients.filter((p) => p.survival.dead).length,
    withGenomics: patients.filter((p) => p.genomic).length,
    withImaging: patients.filter((p) => p.contour !== 'none').length,
    complete: patients.filter((p) => p.genomic && p.contour !== 'none').length,
    ...written,
    expressionFile,
    clinicalFile,
    truthFile,
  };
}

async function writeTables(
  folder: string,
  patients: readonly PlannedPatient[],
  records: readonly ClinicalRecord[],
  seed: number,
  totals: Written,
): Promise<void> {
  for (const [name, content] of [
    [clinicalFile, clinicalTable(records)],
    [truthFile, truthTable(patients)],
  ] as const) {
    await writeFile(join(folder, name), content);
    totals.files++;
    totals.bytes += Buffer.byteLength(content);
  }
  if (!patients.some((patient) => patient.genomic)) return;
  const file = await open(join(folder, expressionFile), 'w');
  try {
    for (const line of expressionLines(patients, seed)) totals.bytes += (await file.write(`${line}\n`)).bytesWritten;
  } finally {
    await file.close();
  }
  totals.files++;
}

async function writeImages(
  folder: string,
  patient: PlannedPatient,
  record: ClinicalRecord,
  seed: number,
  totals: Written,
): Promise<void> {
  const random = new RandomStream(seed, 'phantom', patient.position);
  const grid = drawGrid(random);
  const tumour = drawTumour(record.lobe, patient.factors.imaging, random);
  const phantom = drawPhantom(grid, tumour, random);
  const study = planStudy(seed, patient.position, record, phantom);
  const objects: DicomObjectFile[] = [...ctSeries(study)];
  if (patient.contour !== 'rtstruct') objects.push(segmentationObject(study));
  if (patient.contour !== 'seg') objects.push(structureSet(study));
  for (const { sopInstanceUid, bytes } of random.shuffled(objects)) {
    const name = opaqueName(seed, sopInstanceUid);
    // Names and folders are by hash: neither patient, series nor slice order can be read from them.
    const subfolder = join(folder, 'objects', name.slice(0, 2));
    await mkdir(subfolder, { recursive: true });
    await writeFile(join(subfolder, name.slice(2)), bytes);
    totals.files++;
    totals.bytes += bytes.length;
  }
}
