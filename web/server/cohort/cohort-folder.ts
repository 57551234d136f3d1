import type { CohortIndex } from '../../../cohort/index.js';
import {
  clinicalStage,
  type Finding,
  genomicStage,
  type Job,
  PipelineError,
  type Plan,
  planJobs,
} from '../../../pipelines/index.js';
import type { CohortFiles } from '../cohort-files.js';

/** What a folder of raw files holds, and what the pipelines would say of it. */
export interface FolderLook {
  readonly index: CohortIndex;
  /** Undefined when no run could be planned; `findings` says why. */
  readonly plan: Plan | undefined;
  /** Of the plan and of the tables, which are read; images are not measured. */
  readonly findings: readonly Finding[];
  /** Patients and tables that gave nothing. */
  readonly failed: readonly { readonly subject: string; readonly code: string; readonly reason: string }[];
  /** Milliseconds since 1970 UTC. */
  readonly seenAtMs: number;
}

/** Looks at a folder once, and again when asked to. */
export class CohortFolder {
  #look: Promise<FolderLook> | undefined;

  constructor(private readonly files: CohortFiles) {}

  look(again = false): Promise<FolderLook> {
    if (again || this.#look === undefined) {
      const look = lookAt(again ? this.files.again(true) : this.files.index());
      this.#look = look;
      look.catch(() => {
        if (this.#look === look) this.#look = undefined;
      });
    }
    return this.#look;
  }
}

async function lookAt(found: Promise<CohortIndex>): Promise<FolderLook> {
  const index = await found;
  const { plan, findings } = await plannedOf(index);
  const tables = (plan?.jobs ?? []).filter(({ stage }) => stage !== 'imaging');
  const results = await Promise.all(tables.map(tableSays));
  const problems = (plan?.problems ?? []).map(({ patient, code, reason }) => ({ subject: patient, code, reason }));
  return {
    index,
    plan,
    findings: [
      ...findings,
      ...(plan?.jobs ?? []).flatMap((job) => job.findings ?? []),
      ...results.flatMap((result) => result.findings),
    ],
    failed: [...problems, ...results.flatMap(({ failed }) => failed)],
    seenAtMs: Date.now(),
  };
}

async function plannedOf(index: CohortIndex): Promise<{ readonly plan?: Plan; readonly findings: readonly Finding[] }> {
  const { defaultSettings } = await import('../../../pipelines/imaging/measuring.js');
  const hasBoth = index.radiomics.length > 0 && index.series.some(({ modality }) => modality === 'CT');
  try {
    const plan = planJobs(index, {
      stages: ['genomic', 'clinical', 'imaging'],
      genes: 'metagenes',
      radiomicsSettings: defaultSettings,
      ...(hasBoth ? { imagingFrom: 'dicom' as const } : {}),
    });
    return { plan, findings: [] };
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return { findings: [{ severity: 'warning', code: error.code, message: error.message }] };
  }
}

async function tableSays(job: Job): Promise<Pick<FolderLook, 'findings' | 'failed'>> {
  try {
    const { findings, failed = [] } = await (job.stage === 'genomic'
      ? genomicStage.run(job.input, job.settings)
      : clinicalStage.run(job.input as { readonly file: string }, {}));
    return {
      findings,
      failed: failed.map(({ patientId, code, message }) => ({ subject: patientId, code, reason: message })),
    };
  } catch (error) {
    // Errors of the stages have a code and are one sentence for a person; anything else is a mistake of this program.
    const { code } = error as { readonly code?: unknown };
    if (!(error instanceof Error) || typeof code !== 'string') throw error;
    return { findings: [], failed: [{ subject: job.subject, code, reason: error.message }] };
  }
}
