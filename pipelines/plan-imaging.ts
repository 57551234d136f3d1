import { type CohortIndex, cohortPath, type DicomSeries } from '../cohort/index.js';
import { pipelineErrors } from './errors.js';
import {
  type ChosenSegmentation,
  chooseSegmentation,
  ImagingError,
  type ImagingInput,
  type RadiomicsSettings,
  type SegmentationChoice,
  type SeriesRecord,
} from './imaging/index.js';
import type { ImagingJob, RadiomicsTableJob } from './job.js';
import type { PlanProblem, Skipped } from './run-summary.js';
import type { Finding } from './stage.js';

/** What narrows the choice of a region. */
export interface RegionOptions {
  readonly radiomicsSettings: RadiomicsSettings;
  /** Region of an RTSTRUCT, by name or number. */
  readonly roi?: string | number | undefined;
  /** Segment of a SEG, by label or number. */
  readonly segment?: string | number | undefined;
  /** Which segmentation, where a patient has several. */
  readonly segmentation?: SegmentationChoice | undefined;
}

export interface ImagingPlan {
  readonly jobs: readonly (ImagingJob | RadiomicsTableJob)[];
  readonly skipped: readonly Skipped[];
  readonly problems: readonly PlanProblem[];
}

type Planned =
  | { readonly job: ImagingJob }
  | { readonly skipped: Skipped }
  | { readonly problem: PlanProblem }
  | undefined;

/** One job per patient with a CT series and its SEG or RTSTRUCT; why there is none for the others. In the order of patient ids. */
export function planImages(index: CohortIndex, options: RegionOptions): ImagingPlan {
  const incomplete = new Set(
    index.notUnderstood.flatMap(({ kind, patientId }) => (kind === 'broken' ? [patientId] : [])),
  );
  const byPatient = new Map<string, DicomSeries[]>();
  for (const series of index.series) {
    if (incomplete.has(series.patientId)) continue;
    const own = byPatient.get(series.patientId);
    if (own === undefined) byPatient.set(series.patientId, [series]);
    else own.push(series);
  }
  const ids = [...byPatient.keys()].sort((a, b) => (a < b ? -1 : 1));
  const planned = ids.map((id) => planPatient(index, id, byPatient.get(id) ?? [], options));
  return {
    jobs: planned.flatMap((p) => (p && 'job' in p ? [p.job] : [])),
    skipped: planned.flatMap((p) => (p && 'skipped' in p ? [p.skipped] : [])),
    problems: planned.flatMap((p) => (p && 'problem' in p ? [p.problem] : [])),
  };
}

function planPatient(
  index: CohortIndex,
  patient: string,
  series: readonly DicomSeries[],
  options: RegionOptions,
): Planned {
  const images = series.filter(({ modality }) => modality === 'CT');
  const drawn = series.filter(({ modality }) => modality === 'SEG' || modality === 'RTSTRUCT');
  if (images.length === 0 && drawn.length === 0) return undefined;
  if (drawn.length === 0) return skip(patient, pipelineErrors.PIPELINE_NO_SEGMENTATION());
  if (images.length === 0) return skip(patient, pipelineErrors.PIPELINE_NO_CT());
  const image = imageOf(images, drawn);
  if (typeof image === 'string') return fail(patient, 'PIPELINE_SEVERAL_CT', image);
  try {
    return { job: imageJob(index, patient, image, drawn, options) };
  } catch (error) {
    if (!(error instanceof ImagingError)) throw error;
    return fail(patient, error.code, error.message);
  }
}

function skip(patient: string, reason: string): Planned {
  return { skipped: { stage: 'imaging', patient, reason } };
}

function fail(patient: string, code: string, reason: string): Planned {
  return { problem: { stage: 'imaging', patient, code, reason, inputError: false } };
}

/** The only CT, else the only one that a segmentation was drawn on, else the only one in a segmentation's space; else why not. */
function imageOf(images: readonly DicomSeries[], drawn: readonly DicomSeries[]): DicomSeries | string {
  const named = images.filter((image) =>
    drawn.some(({ referencedSeriesUids }) => referencedSeriesUids.includes(image.seriesInstanceUid)),
  );
  const near = images.filter(
    ({ frameOfReferenceUid: frame }) => frame !== undefined && drawn.some((d) => d.frameOfReferenceUid === frame),
  );
  const candidates = images.length === 1 ? images : named.length > 0 ? named : near;
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  const why = named.length > 0 ? `segmentations of ${named.length} of them` : 'no segmentation tells which';
  return pipelineErrors.PIPELINE_SEVERAL_CT(images.length, why);
}

function imageJob(
  index: CohortIndex,
  patientId: string,
  image: DicomSeries,
  drawn: readonly DicomSeries[],
  options: RegionOptions,
): ImagingJob {
  const records = drawn.map((series) => ({ ...series, files: series.files.map(({ path }) => path) }));
  const { chosen, passedOver } = segmentationOf(records, image, options);
  const kind = chosen.series.modality === 'SEG' ? 'SEG' : 'RTSTRUCT';
  // An RTSTRUCT has regions and a SEG segments; a cohort may hold both, so each gets only the option that is meant for it.
  const region: Pick<ImagingInput, 'roi' | 'segment'> =
    kind === 'SEG' ? { segment: options.segment } : { roi: options.roi };
  const input: ImagingInput = {
    patientId,
    ctFiles: image.files.map(({ path }) => cohortPath(index, path)),
    segmentationFile: cohortPath(index, chosen.file),
    segmentationKind: kind,
    studyDate: image.studyDate,
    ...region,
  };
  const findings = passedOver === undefined ? {} : { findings: [passedOverFinding(patientId, kind, passedOver)] };
  const settings = options.radiomicsSettings;
  return { stage: 'imaging', subject: patientId, wholeFile: false, from: 'dicom', input, settings, ...findings };
}

type Modality = 'SEG' | 'RTSTRUCT';

/**
 * The segmentation of an image. Where a SEG and an RTSTRUCT fit equally well and nothing was asked for, the SEG is taken, as
 * the reference does; the RTSTRUCT when a region of one is named.
 * @throws ImagingError SEGMENTATION_NONE, SEGMENTATION_SEVERAL
 */
function segmentationOf(
  records: readonly SeriesRecord[],
  image: DicomSeries,
  { segmentation = {}, roi, segment }: RegionOptions,
): { readonly chosen: ChosenSegmentation; readonly passedOver?: Modality } {
  try {
    return { chosen: chooseSegmentation(records, image, segmentation) };
  } catch (error) {
    const ambiguous = error instanceof ImagingError && error.code === 'SEGMENTATION_SEVERAL';
    if (!ambiguous || segmentation.modality !== undefined) throw error;
    const preferred: Modality = roi !== undefined && segment === undefined ? 'RTSTRUCT' : 'SEG';
    const passedOver = preferred === 'SEG' ? 'RTSTRUCT' : 'SEG';
    if (!records.some(({ modality }) => modality === preferred)) throw error;
    return { chosen: chooseSegmentation(records, image, { ...segmentation, modality: preferred }), passedOver };
  }
}

function passedOverFinding(patientId: string, kind: Modality, passedOver: Modality): Finding {
  return {
    severity: 'info',
    code: 'PIPELINE_SEGMENTATION_PREFERRED',
    message: `${patientId}: a SEG and an RTSTRUCT fit the CT; the ${kind} is used and the ${passedOver} is not`,
    patientId,
  };
}
