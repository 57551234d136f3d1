import { type CohortIndex, cohortPath, type NotUnderstood } from '../cohort/index.js';
import { alikeIds } from './alike-ids.js';
import { PipelineError, pipelineErrors } from './errors.js';
import type { GenomicSettings } from './genomic/index.js';
import type { Job, StageName } from './job.js';
import { type ImagingPlan, planImages, type RegionOptions } from './plan-imaging.js';
import type { PlanProblem, Skipped } from './run-summary.js';
import type { Finding } from './stage.js';

/** What a person wants of a run. */
export interface PlanOptions extends RegionOptions {
  /** Which stages to plan; each at most once. */
  readonly stages: readonly StageName[];
  readonly genes: GenomicSettings['genes'];
  /** Needed when the cohort holds both DICOM images and a radiomics table. */
  readonly imagingFrom?: 'dicom' | 'table' | undefined;
}

/** What to run, who is passed by, and what has failed already. */
export interface Plan {
  /** Genomic, clinical, imaging; within a stage in code point order of file or patient. */
  readonly jobs: readonly Job[];
  readonly skipped: readonly Skipped[];
  readonly problems: readonly PlanProblem[];
}

const optionNames: ReadonlySet<string> = new Set([
  'stages',
  'genes',
  'imagingFrom',
  'radiomicsSettings',
  'roi',
  'segment',
  'segmentation',
]);
const stageNames: readonly StageName[] = ['genomic', 'clinical', 'imaging'];

/**
 * From what a folder holds to jobs: one per expression file and per clinical table, and for imaging one per patient (CT and
 * its segmentation) or per radiomics table. Pure: reads no file.
 * @throws PipelineError PIPELINE_PATIENT_TWICE, PIPELINE_TWO_IMAGING_SOURCES, PIPELINE_NO_IMAGING_SOURCE, PIPELINE_NOTHING_TO_DO,
 *   PIPELINE_BAD_OPTION
 */
export function planJobs(index: CohortIndex, options: PlanOptions): Plan {
  checkOptions(options);
  const wants = (stage: StageName) => options.stages.includes(stage);
  const imaging: ImagingPlan = wants('imaging') ? planImaging(index, options) : { jobs: [], skipped: [], problems: [] };
  const jobs: Job[] = [
    ...(wants('genomic') ? planExpression(index, options) : []),
    ...(wants('clinical') ? planClinical(index) : []),
    ...imaging.jobs,
  ];
  const problems = [...brokenFiles(index, options.stages), ...imaging.problems];
  if (jobs.length + problems.length + imaging.skipped.length === 0) {
    const stages = options.stages.join(', ');
    throw new PipelineError('PIPELINE_NOTHING_TO_DO', pipelineErrors.PIPELINE_NOTHING_TO_DO(stages));
  }
  return { jobs: withFindings(jobs, alikeIds(index)), skipped: imaging.skipped, problems };
}

/** What the plan has to say about the cohort goes with the first job. */
function withFindings([first, ...rest]: readonly Job[], findings: readonly Finding[]): readonly Job[] {
  if (first === undefined) return [];
  return findings.length === 0
    ? [first, ...rest]
    : [{ ...first, findings: [...findings, ...(first.findings ?? [])] }, ...rest];
}

function checkOptions(options: PlanOptions): void {
  const unknown = Object.keys(options).find((key) => !optionNames.has(key));
  if (unknown !== undefined) throw badOption(`unknown option "${unknown}"`);
  const { stages, imagingFrom } = options;
  if (stages.length === 0) throw badOption('no stage is named');
  const wrong = stages.find((stage, i) => !stageNames.includes(stage) || stages.indexOf(stage) !== i);
  if (wrong !== undefined) throw badOption(`"${wrong}" is not one of ${stageNames.join(', ')}, or named twice`);
  if (imagingFrom !== undefined && imagingFrom !== 'dicom' && imagingFrom !== 'table') {
    throw badOption(`imagingFrom must be dicom or table, not "${String(imagingFrom)}"`);
  }
}

function badOption(what: string): PipelineError {
  return new PipelineError('PIPELINE_BAD_OPTION', pipelineErrors.PIPELINE_BAD_OPTION(what));
}

interface PatientFile {
  readonly path: string;
  readonly patients: readonly string[];
}

/** A patient in two files of a kind would have two truths; a patient twice in one file is refused by the stage that reads it. */
function refuseSharedPatients(kind: string, files: readonly PatientFile[]): void {
  const fileOf = new Map<string, string>();
  for (const { path, patients } of files) {
    const first = patients.map((patient) => fileOf.get(patient)).find((other) => other !== undefined);
    if (first !== undefined) {
      const shared = [...new Set(patients.filter((patient) => fileOf.get(patient) === first))];
      const named =
        shared.length > 5 ? `${shared.slice(0, 5).join(', ')} and ${shared.length - 5} more` : shared.join(', ');
      throw new PipelineError(
        'PIPELINE_PATIENT_TWICE',
        pipelineErrors.PIPELINE_PATIENT_TWICE(kind, first, path, named),
      );
    }
    for (const patient of patients) fileOf.set(patient, path);
  }
}

function planExpression(index: CohortIndex, { genes }: PlanOptions): readonly Job[] {
  refuseSharedPatients(
    'expression files',
    index.expression.map(({ path, sampleIds }) => ({ path, patients: sampleIds })),
  );
  return index.expression.map(({ path }) => ({ ...fileJob(index, path), stage: 'genomic', settings: { genes } }));
}

function planClinical(index: CohortIndex): readonly Job[] {
  refuseSharedPatients(
    'clinical tables',
    index.clinical.map(({ path, patientIds }) => ({ path, patients: patientIds })),
  );
  return index.clinical.map(({ path }) => ({ ...fileJob(index, path), stage: 'clinical', settings: {} }));
}

function fileJob(index: CohortIndex, path: string) {
  return { subject: path, wholeFile: true, input: { file: cohortPath(index, path) } } as const;
}

function planImaging(index: CohortIndex, options: PlanOptions): ImagingPlan {
  const [table] = index.radiomics;
  const images = index.series.some(({ modality }) => modality === 'CT');
  if (options.imagingFrom === undefined && table !== undefined && images) {
    throw new PipelineError('PIPELINE_TWO_IMAGING_SOURCES', pipelineErrors.PIPELINE_TWO_IMAGING_SOURCES(table.path));
  }
  const from = options.imagingFrom ?? (table === undefined ? 'dicom' : 'table');
  if (options.imagingFrom !== undefined && !(from === 'table' ? table !== undefined : images)) {
    throw new PipelineError('PIPELINE_NO_IMAGING_SOURCE', pipelineErrors.PIPELINE_NO_IMAGING_SOURCE(from));
  }
  return from === 'dicom' ? planImages(index, options) : planTables(index);
}

function planTables(index: CohortIndex): ImagingPlan {
  refuseSharedPatients(
    'radiomics tables',
    index.radiomics.map(({ path, patientIds }) => ({ path, patients: patientIds })),
  );
  const jobs = index.radiomics.map(
    ({ path }) => ({ ...fileJob(index, path), stage: 'imaging', from: 'table', settings: {} }) as const,
  );
  return { jobs, skipped: [], problems: [] };
}

/**
 * Files that were meant as data but are damaged: failures of the stage that would have read them. DICOM files of a known patient
 * are one failure of that patient, who is not measured: what is left of the series would be a smaller volume.
 */
function brokenFiles(index: CohortIndex, stages: readonly StageName[]): readonly PlanProblem[] {
  const firstOf = new Map<string, { readonly file: NotUnderstood; count: number }>();
  for (const file of index.notUnderstood) {
    if (file.kind !== 'broken') continue;
    const subject = file.patientId ?? file.path;
    const first = firstOf.get(subject);
    if (first === undefined) firstOf.set(subject, { file, count: 1 });
    else first.count++;
  }
  return [...firstOf]
    .map(([patient, { file, count }]): PlanProblem => {
      const stage = stageOf(file, index, stages);
      const more = count > 1 ? `; and ${count - 1} more of the patient's files` : '';
      const reason =
        file.patientId === undefined
          ? pipelineErrors.PIPELINE_BROKEN_FILE(file.reason)
          : pipelineErrors.PIPELINE_BROKEN_PATIENT_FILE(file.path, `${file.reason}${more}`);
      const code = file.patientId === undefined ? 'PIPELINE_BROKEN_FILE' : 'PIPELINE_BROKEN_PATIENT_FILE';
      const inputError = isInput(file, stage, index);
      return { stage, patient, code, reason, inputError };
    })
    .filter(({ stage }) => stages.includes(stage));
}

/** Whether the broken file leaves its stage without (part of) its input, so that the run cannot be called done. */
function isInput({ reason }: NotUnderstood, stage: StageName, index: CohortIndex): boolean {
  if (stage === 'imaging') return reason.startsWith('radiomics');
  const named = reason.startsWith('expression') || reason.startsWith('clinical');
  return named || index[stage === 'genomic' ? 'expression' : 'clinical'].length === 0;
}

/**
 * By what the index says the file was meant as; a table beyond recognition goes to the stage that has none. A file or folder that
 * may not be read can be anything: it goes to a stage of this run, so that it is never passed over in silence.
 */
function stageOf({ reason }: NotUnderstood, index: CohortIndex, stages: readonly StageName[]): StageName {
  if (reason.startsWith('DICOM') || reason.startsWith('radiomics')) return 'imaging';
  if (reason.startsWith('expression')) return 'genomic';
  if (reason.startsWith('clinical')) return 'clinical';
  const table = reason.startsWith('gzip') || reason.startsWith('table');
  const possible = table ? stageNames : stages;
  if (index.clinical.length === 0 && possible.includes('clinical')) return 'clinical';
  if (index.expression.length === 0 && possible.includes('genomic')) return 'genomic';
  return possible.includes('imaging') ? 'imaging' : (possible[0] as StageName);
}
