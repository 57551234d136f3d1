import { mkdir, readFile, rename, statfs, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CohortError, cohortErrors } from '../errors.js';
import { type Archive, type DownloadModality, downloadModalities } from './archive.js';
import { downloadFile, type RemoteFile } from './download-file.js';
import { defaultPoliteness, type Politeness } from './polite-request.js';
import { type ListedSeries, listObjects, listSeries } from './series-list.js';
import { sideBySide } from './side-by-side.js';

/** What is to be fetched, and how. */
export interface DownloadOptions {
  /** All patients when empty. */
  readonly patients?: readonly string[];
  readonly modalities?: readonly DownloadModality[];
  /** Ask for the list of series again instead of taking the pinned one. */
  readonly refresh?: boolean;
  /** Files at a time. */
  readonly parallel?: number;
  readonly politeness?: Politeness;
  readonly onProgress?: (bytes: number, totalBytes: number, failed: number) => void;
}

/** What a download would fetch. */
export interface DownloadPlan {
  readonly series: readonly ListedSeries[];
  readonly tables: readonly Archive['tables'][number][];
  /** Of the series; tables are a few megabytes more. */
  readonly bytes: number;
  readonly patients: number;
  /** The whole list, to be pinned; absent when an earlier run pinned it. */
  readonly newList?: readonly ListedSeries[];
}

/** What a download did; run again it goes on with what failed. */
export interface DownloadResult {
  readonly fetched: number;
  readonly alreadyThere: number;
  readonly failed: readonly { readonly url: string; readonly reason: string }[];
}

const listName = 'series-list.json';
/** Room left beside the data, for tables, folders and the blocks of small files. */
const spareBytes = 256e6;

async function pinnedList(dest: string): Promise<readonly ListedSeries[] | undefined> {
  try {
    const document = JSON.parse(await readFile(join(dest, listName), 'utf8')) as {
      readonly series: readonly ListedSeries[];
    };
    return document.series;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError)) throw error;
    const message = cohortErrors.COHORT_BAD_ARCHIVES(join(dest, listName), 'it is no JSON (--refresh makes it anew)');
    throw new CohortError('COHORT_BAD_ARCHIVES', message, { cause: error });
  }
}

/**
 * Finds what to fetch: the pinned list of series of the destination, or a new one.
 * @throws CohortError COHORT_DOWNLOAD_FAILED, COHORT_DOWNLOAD_BAD_ANSWER, COHORT_DOWNLOAD_NO_PATIENT
 */
export async function planDownload(archive: Archive, dest: string, options: DownloadOptions): Promise<DownloadPlan> {
  const modalities = new Set(options.modalities ?? downloadModalities);
  const wantsSeries = modalities.has('ct') || modalities.has('seg');
  const pinned = wantsSeries && options.refresh !== true ? await pinnedList(dest) : undefined;
  const all = wantsSeries ? (pinned ?? (await listSeries(archive, options.politeness ?? defaultPoliteness))) : [];
  const wanted = new Set(options.patients ?? []);
  if (wantsSeries) {
    const known = new Set(all.map(({ patientId }) => patientId));
    const unknown = [...wanted].filter((id) => !known.has(id));
    if (unknown.length > 0) {
      const message = cohortErrors.COHORT_DOWNLOAD_NO_PATIENT(unknown, known.size);
      throw new CohortError('COHORT_DOWNLOAD_NO_PATIENT', message);
    }
  }
  const series = all.filter(
    ({ patientId, modality }) =>
      (wanted.size === 0 || wanted.has(patientId)) && modalities.has(modality === 'CT' ? 'ct' : 'seg'),
  );
  return {
    series,
    tables: archive.tables.filter(({ modality }) => modalities.has(modality)),
    bytes: series.reduce((sum, one) => sum + one.bytes, 0),
    patients: new Set(series.map(({ patientId }) => patientId)).size,
    ...(pinned === undefined && wantsSeries && { newList: all }),
  };
}

/** Licence and citations as a text to read, also written beside the data. */
export function termsOf({ title, licence, citations }: Archive): string {
  return `${title}\n\nLicence: ${licence}\n\nCite:\n${citations.map((text) => `- ${text}`).join('\n')}\n`;
}

async function requireSpace(dest: string, plan: DownloadPlan): Promise<void> {
  const { bavail, bsize } = await statfs(dest);
  const free = bavail * bsize;
  if (plan.bytes + spareBytes <= free) return;
  throw new CohortError(
    'COHORT_DOWNLOAD_NO_SPACE',
    cohortErrors.COHORT_DOWNLOAD_NO_SPACE(dest, plan.bytes + spareBytes, free),
  );
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/**
 * Fetches what was planned into `dest`: tables at its top, series below `dicom/<patient>/`, the list of series pinned in
 * `series-list.json`, licence and citations in `LICENCE-AND-CITATION.txt`. A file that fails does not stop the others.
 * @throws CohortError COHORT_DOWNLOAD_NO_SPACE before anything is fetched; a system error when the disk fills up
 */
export async function downloadCohort(
  archive: Archive,
  dest: string,
  plan: DownloadPlan,
  options: DownloadOptions,
): Promise<DownloadResult> {
  const politeness = options.politeness ?? defaultPoliteness;
  const failed: { url: string; reason: string }[] = [];
  const counts = { fetched: 0, alreadyThere: 0, bytes: 0 };
  const guarded = async (url: string, run: () => Promise<void>) => {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof CohortError)) throw error;
      failed.push({ url, reason: error.message });
    }
  };
  const onBytes = (n: number) => {
    counts.bytes += n;
    options.onProgress?.(counts.bytes, plan.bytes, failed.length);
  };
  const fetchFile = (file: RemoteFile) =>
    guarded(file.url, async () => {
      const isNew = await downloadFile(file, politeness, onBytes);
      counts[isNew ? 'fetched' : 'alreadyThere']++;
    });
  await mkdir(dest, { recursive: true });
  await requireSpace(dest, plan);
  await writeWhole(join(dest, 'LICENCE-AND-CITATION.txt'), termsOf(archive));
  if (plan.newList !== undefined) await pinList(archive, dest, plan.newList);
  const parallel = options.parallel ?? 8;
  await sideBySide(plan.tables, parallel, ({ url }) =>
    fetchFile({ url, target: join(dest, basename(new URL(url).pathname)) }),
  );
  for (const series of plan.series) {
    await guarded(series.prefix, async () => {
      const objects = await listObjects(archive, series, politeness);
      const folder = join(dest, 'dicom', series.patientId, `${series.modality}-${series.seriesInstanceUid}`);
      const base = archive.series.buckets[series.bucket];
      const files = objects.map(({ key, bytes, etag }) => {
        return { url: `${base}/${key}`, target: join(folder, basename(key)), bytes, etag };
      });
      await sideBySide(files, parallel, fetchFile);
    });
  }
  return { fetched: counts.fetched, alreadyThere: counts.alreadyThere, failed };
}

/** The whole list is pinned, whatever part of it is fetched now: a later run for other patients finds them in it. */
async function pinList(archive: Archive, dest: string, series: readonly ListedSeries[]): Promise<void> {
  const { collectionId, queryUrl } = archive.series;
  await writeWhole(join(dest, listName), `${JSON.stringify({ collectionId, source: queryUrl, series }, null, 1)}\n`);
}
