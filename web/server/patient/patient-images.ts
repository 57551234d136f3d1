import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { type CohortIndex, cohortPath } from '../../../cohort/index.js';
import { packageRoot } from '../../../package-facts.js';
import { defaultSettings } from '../../../pipelines/imaging/index.js';
import { planJobs } from '../../../pipelines/index.js';
import type { CohortFiles } from '../cohort-files.js';
import { StudioError, studioErrors } from '../errors.js';
import type { ImageReply } from '../replies/patient-reply.js';
import type { ImageAnswer, ImageTask, ReadImage } from './image-worker.js';

/** Of all images that are remembered, compressed as they are sent. */
const mostCachedBytes = 256 * 1024 * 1024;
/** A thread that nobody has needed for so long ends and gives its memory back. */
const idleMs = 30_000;

/** Where one patient's image lies, or why there is none to show. */
type Found =
  | { readonly task: ImageTask; readonly series: CohortIndex['series'][number]; readonly segmentationReason?: string }
  | { readonly reason: string };

/** Images of the folder of raw files, read one at a time in a thread of their own; the last ones are remembered. */
export class PatientImages {
  readonly #files: CohortFiles;
  /** The oldest first. */
  readonly #cache = new Map<string, Promise<ImageAnswer>>();
  readonly #bytes = new Map<string, number>();
  #pool: Piscina<ImageTask, ImageAnswer> | undefined;

  constructor(files: CohortFiles) {
    this.#files = files;
  }

  /**
   * What there is to show of a patient.
   * @param region the one that was measured, where the segmentation has several
   */
  async facts(id: string, region?: string): Promise<ImageReply> {
    const found = await this.#find(id);
    if ('reason' in found) return { state: 'none', reason: found.reason };
    const answer = await this.#read(id, { ...found.task, ...(region === undefined ? {} : { region }) });
    if (!answer.ok) return { state: 'none', reason: answer.message };
    const { volume: _, mask: __, pictures, ...facts } = answer.image;
    const date = /^(\d{4})(\d{2})(\d{2})$/.exec(found.series.studyDate ?? '');
    return {
      state: 'here',
      ...facts,
      regionReason: facts.regionReason ?? found.segmentationReason ?? null,
      seriesDescription: found.series.seriesDescription ?? null,
      studyDate: date === null ? null : `${date[1]}-${date[2]}-${date[3]}`,
      pictures: pictures.map(({ name }) => name),
    };
  }

  /** The image itself. @throws StudioError STUDIO_NO_IMAGE */
  async image(id: string, region?: string): Promise<ReadImage> {
    const found = await this.#find(id);
    if ('reason' in found) throw new StudioError('STUDIO_NO_IMAGE', studioErrors.STUDIO_NO_IMAGE(id, found.reason));
    const answer = await this.#read(id, { ...found.task, ...(region === undefined ? {} : { region }) });
    if (answer.ok) return answer.image;
    throw new StudioError('STUDIO_NO_IMAGE', studioErrors.STUDIO_NO_IMAGE(id, answer.message));
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.#pool?.destroy();
  }

  async #find(id: string): Promise<Found> {
    const index = await this.#files.index();
    const known = index.series.some(({ patientId }) => patientId === id);
    return findImage(known ? index : await this.#files.again(), id);
  }

  async #read(id: string, task: ImageTask): Promise<ImageAnswer> {
    const key = await keyOf(task);
    const cached = this.#cache.get(key);
    if (cached !== undefined) {
      this.#cache.delete(key);
      this.#cache.set(key, cached);
      return cached;
    }
    const work = this.#thread().run(task, { name: 'readImage' });
    this.#cache.set(key, work);
    try {
      const answer = await work;
      // What could not be read is tried again: the file may have been mended.
      if (answer.ok) this.#remember(key, answer.image);
      else this.#cache.delete(key);
      return answer;
    } catch (error) {
      this.#cache.delete(key);
      const how = error instanceof Error ? error.message : String(error);
      throw new StudioError('STUDIO_IMAGE_FAILED', studioErrors.STUDIO_IMAGE_FAILED(id, how), { cause: error });
    }
  }

  #remember(key: string, { volume, mask, pictures }: ReadImage): void {
    const bytes = pictures.reduce((sum, { png }) => sum + png.length, volume.length + (mask?.length ?? 0));
    this.#bytes.set(key, bytes);
    let sum = [...this.#bytes.values()].reduce((total, one) => total + one, 0);
    for (const old of [...this.#cache.keys()]) {
      if (sum <= mostCachedBytes || old === key) break;
      sum -= this.#bytes.get(old) ?? 0;
      this.#bytes.delete(old);
      this.#cache.delete(old);
    }
  }

  #thread(): Piscina<ImageTask, ImageAnswer> {
    const filename = join(packageRoot(), 'dist', 'web', 'server', 'patient', 'image-worker.js');
    if (!existsSync(filename)) throw new StudioError('STUDIO_NO_PAGES', studioErrors.STUDIO_NO_PAGES());
    this.#pool ??= new Piscina<ImageTask, ImageAnswer>({
      filename,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: idleMs,
      atomics: 'disabled',
    });
    return this.#pool;
  }
}

/** The same for the same files in the same state: a segmentation that was drawn anew is read anew. */
async function keyOf(task: ImageTask): Promise<string> {
  const files = [task.ctFiles[0], task.segmentationFile].filter((file) => file !== undefined);
  const states = files.map((file) =>
    stat(file).then(
      ({ size, mtimeMs }) => [size, mtimeMs],
      () => [],
    ),
  );
  return JSON.stringify([task, await Promise.all(states)]);
}

/** The CT and the segmentation that a run of the pipelines would measure; else the only CT alone. Reads no file. */
export function findImage(index: CohortIndex, id: string): Found {
  const own = index.series.filter(({ patientId }) => patientId === id);
  const images = own.filter(({ modality }) => modality === 'CT');
  const [only] = images;
  if (only === undefined) return { reason: 'The folder of raw files has no CT of this patient.' };
  const plan = planJobs(index, {
    stages: ['imaging'],
    genes: 'metagenes',
    imagingFrom: 'dicom',
    radiomicsSettings: defaultSettings,
  });
  const job = plan.jobs.find(({ subject }) => subject === id);
  if (job?.stage === 'imaging' && job.from === 'dicom') {
    const { ctFiles, segmentationFile } = job.input;
    const series = images.find(({ files }) => cohortPath(index, files[0]?.path ?? '') === ctFiles[0]) ?? only;
    return { task: { ctFiles, segmentationFile }, series };
  }
  const reason =
    plan.problems.find(({ patient }) => patient === id)?.reason ??
    plan.skipped.find(({ patient }) => patient === id)?.reason ??
    'No segmentation fits the CT.';
  if (images.length > 1) return { reason };
  const ctFiles = only.files.map(({ path }) => cohortPath(index, path));
  return { task: { ctFiles }, series: only, segmentationReason: reason };
}
