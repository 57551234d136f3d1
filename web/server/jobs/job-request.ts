import { StudioError, studioErrors } from '../errors.js';
import type { JobRequest, JobStage } from '../replies/job-reply.js';

const stages: readonly JobStage[] = ['genomic', 'clinical', 'imaging'];
const keys: ReadonlySet<string> = new Set(['stages', 'genes', 'subjects']);

/**
 * A request for a job, as it came over HTTP.
 * @param body text in JSON, or what was parsed from it
 * @throws StudioError STUDIO_BAD_JOB
 */
export function parseJobRequest(body: unknown): JobRequest {
  const value = typeof body === 'string' ? parsed(body) : body;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('it is not an object in JSON');
  const unknown = Object.keys(value).find((key) => !keys.has(key));
  if (unknown !== undefined) throw bad(`unknown key "${unknown.slice(0, 40)}"`);
  const { stages: wanted, genes, subjects } = value as Record<string, unknown>;
  if (!Array.isArray(wanted) || wanted.length === 0 || new Set(wanted).size < wanted.length || !wanted.every(isStage)) {
    throw bad(`"stages" must be a list of some of ${stages.join(', ')}, each once`);
  }
  if (genes !== 'metagenes' && genes !== 'all') throw bad('"genes" must be "metagenes" or "all"');
  if (subjects === undefined) return { stages: wanted, genes };
  if (!Array.isArray(subjects) || subjects.length === 0 || !subjects.every((subject) => typeof subject === 'string')) {
    throw bad('"subjects" must be a list of patient ids or file names');
  }
  return { stages: wanted, genes, subjects };
}

function isStage(value: unknown): value is JobStage {
  return (stages as readonly unknown[]).includes(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw bad('it is not JSON');
  }
}

function bad(what: string): StudioError {
  return new StudioError('STUDIO_BAD_JOB', studioErrors.STUDIO_BAD_JOB(what));
}
