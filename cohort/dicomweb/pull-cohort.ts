import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sideBySide } from '../download/side-by-side.js';
import { CohortError, cohortErrors } from '../errors.js';
import {
  type DicomWebService,
  type FoundSeries,
  findInstances,
  findSeries,
  retrieveInstance,
} from './dicomweb-client.js';

/** What is to be fetched from a PACS. */
export interface PullOptions {
  /** Ids of patients; with none, `query` alone chooses. */
  readonly patients: readonly string[];
  /** Attribute keywords and values, as `StudyDate` and `20190101-20191231`. */
  readonly query: Readonly<Record<string, string>>;
  readonly modalities: readonly string[];
  readonly parallel: number;
  readonly onProgress?: (done: number, total: number, failed: number) => void;
}

/** What a pull did; run again it goes on with what failed. */
export interface PullResult {
  readonly series: number;
  readonly patients: number;
  readonly fetched: number;
  readonly alreadyThere: number;
  readonly failed: readonly string[];
}

async function chosenSeries(service: DicomWebService, options: PullOptions): Promise<readonly FoundSeries[]> {
  const filters = options.patients.length === 0 ? [{}] : options.patients.map((id) => ({ PatientID: id }));
  const found: FoundSeries[] = [];
  for (const filter of filters) {
    for (const modality of options.modalities) {
      const series = await findSeries(service, { ...options.query, ...filter, Modality: modality });
      // A server that knows a filter not at all answers everything; only what was asked for is taken.
      found.push(
        ...series.filter(
          (s) => s.modality === modality && ('PatientID' in filter ? s.patientId === filter.PatientID : true),
        ),
      );
    }
  }
  if (found.length === 0) {
    throw new CohortError('COHORT_PULL_NOTHING', cohortErrors.COHORT_PULL_NOTHING(service.url, options.modalities));
  }
  return found;
}

const folderName = (text: string) => text.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_') || '_';

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Fetches series from a DICOMweb service into `<dest>/<patient>/<modality>-<series>/`. A file appears only when it is
 * whole; one that fails does not stop the others, and files that are there are not fetched again.
 * @throws CohortError COHORT_PULL_NOTHING, COHORT_DOWNLOAD_FAILED, COHORT_DOWNLOAD_BAD_ANSWER when the queries fail
 */
export async function pullCohort(service: DicomWebService, dest: string, options: PullOptions): Promise<PullResult> {
  const series = await chosenSeries(service, options);
  const jobs: { series: FoundSeries; uid: string; target: string }[] = [];
  for (const one of series) {
    const folder = join(dest, folderName(one.patientId), `${folderName(one.modality)}-${one.seriesUid}`);
    for (const uid of await findInstances(service, one))
      jobs.push({ series: one, uid, target: join(folder, `${uid}.dcm`) });
  }
  const failed: string[] = [];
  const counts = { fetched: 0, alreadyThere: 0 };
  await sideBySide(jobs, options.parallel, async ({ series: one, uid, target }) => {
    try {
      if (await isThere(target)) counts.alreadyThere++;
      else {
        const object = await retrieveInstance(service, one, uid);
        await mkdir(join(target, '..'), { recursive: true });
        await writeFile(`${target}.part`, object);
        await rename(`${target}.part`, target);
        counts.fetched++;
      }
    } catch (error) {
      if (!(error instanceof CohortError)) throw error;
      failed.push(error.message);
    }
    options.onProgress?.(counts.fetched + counts.alreadyThere + failed.length, jobs.length, failed.length);
  });
  return { series: series.length, patients: new Set(series.map((s) => s.patientId)).size, ...counts, failed };
}
