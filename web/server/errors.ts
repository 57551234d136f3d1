import type { FastifyReply, FastifyRequest } from 'fastify';
import { CohortError } from '../../cohort/index.js';
import { type FeatureStore, StoreError, type StoreErrorCode } from '../../featurestore/index.js';
import type { ErrorBody } from '../../serving/index.js';

/** What the pages' routes refuse: one sentence for each stable code. */
export const studioErrors = {
  STUDIO_NO_STORE: () => 'This server has no feature store: start it with --store',
  STUDIO_NO_COHORT: () => 'This server has no folder of raw files: start it with --cohort',
  STUDIO_UNKNOWN_PATIENT: (id: string) =>
    `No patient "${id}" here: neither the store nor the folder of raw files has one of that id`,
  STUDIO_UNKNOWN_GROUP: (group: string, groups: readonly string[]) =>
    `The store has no group "${group}"; it has: ${groups.join(', ') || 'none'}`,
  STUDIO_UNKNOWN_FEATURE: (group: string, feature: string) =>
    `The group "${group}" has no numeric feature "${feature}" that a model could take`,
  STUDIO_BAD_QUERY: (name: string, found: string, expected: string) =>
    `The parameter "${name}" is ${found}; expected ${expected}`,
  STUDIO_NO_IMAGE: (id: string, reason: string) => `There is no image to show of patient "${id}": ${reason}`,
  STUDIO_IMAGE_FAILED: (id: string, how: string) => `The image of patient "${id}" could not be read: ${how}`,
  STUDIO_NO_MODEL: () => 'This server has no model: start it with --model or --registry',
  STUDIO_UNKNOWN_RUN: (id: string) => `The store remembers no run "${id}"`,
  STUDIO_NO_REGISTRY: () => 'This server has no registry of models: start it with --registry',
  STUDIO_NO_REPORT: (what: string) =>
    `There is no report of ${what}, so its curves cannot be drawn: "thoracle train" writes report.json beside a model`,
  STUDIO_BAD_REPORT: (what: string, how: string) => `The report of ${what} cannot be used: ${how}`,
  STUDIO_NO_OUTCOMES: (group: string) =>
    `The store has no group "${group}", which holds the outcomes: "thoracle run" makes it from a clinical table`,
  STUDIO_NO_PAGES: () => 'The pages are not built; "npm run setup" builds them',
  STUDIO_NO_JOBS_HERE: () =>
    'No job can be started here: "thoracle studio" with --store and --cohort runs the pipelines from its pages',
  STUDIO_NO_JOB: () => 'There is no job of this id; jobs are known until the studio is closed',
  STUDIO_JOB_RUNS: () => 'A job is running already, and one at a time writes to the store',
  STUDIO_BAD_JOB: (what: string) => `The job cannot be read: ${what}`,
} as const;

/** Status of the reply to each. */
const studioStatus: Readonly<Record<StudioErrorCode, number>> = {
  STUDIO_NO_STORE: 409,
  STUDIO_NO_COHORT: 409,
  STUDIO_UNKNOWN_PATIENT: 404,
  STUDIO_UNKNOWN_GROUP: 404,
  STUDIO_UNKNOWN_FEATURE: 404,
  STUDIO_BAD_QUERY: 400,
  STUDIO_NO_IMAGE: 404,
  STUDIO_IMAGE_FAILED: 500,
  STUDIO_NO_MODEL: 409,
  STUDIO_UNKNOWN_RUN: 404,
  STUDIO_NO_REGISTRY: 409,
  STUDIO_NO_REPORT: 404,
  STUDIO_BAD_REPORT: 500,
  STUDIO_NO_OUTCOMES: 409,
  STUDIO_NO_PAGES: 404,
  STUDIO_NO_JOBS_HERE: 409,
  STUDIO_NO_JOB: 404,
  STUDIO_JOB_RUNS: 409,
  STUDIO_BAD_JOB: 400,
};

/** Name of a refusal. */
export type StudioErrorCode = keyof typeof studioErrors;

/** A refusal of the pages' routes. */
export class StudioError extends Error {
  override readonly name = 'StudioError';

  constructor(
    readonly code: StudioErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Refusals of the store that are about what was asked; its other errors are the server's. */
const storeStatus: Readonly<Partial<Record<StoreErrorCode, number>>> = {
  STORE_UNKNOWN_GROUP: 404,
  STORE_UNKNOWN_VERSION: 404,
  STORE_UNKNOWN_FEATURE: 404,
  STORE_QUERY_REFUSED: 403,
  STORE_QUERY_FAILED: 400,
  STORE_QUERY_TIME: 408,
  STORE_QUERY_SIZE: 413,
  STORE_BAD_PARAMETER: 400,
  STORE_BAD_STATISTICS: 400,
};

function statusOf(error: unknown): number | undefined {
  if (error instanceof StudioError) return studioStatus[error.code];
  if (error instanceof StoreError) return storeStatus[error.code];
  // The folder that the server was started with is no longer as it was.
  return error instanceof CohortError ? 409 : undefined;
}

/** A refusal of ours, of the store or of the folder, in the shape of every other error reply; whatever else went wrong is the server's to answer. */
export function replyWithStudioError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const status = statusOf(error);
  if (status === undefined) throw error;
  const { code, message } = error as StudioError | StoreError | CohortError;
  const body: ErrorBody = { error: { code, message } };
  request.facts.code = code;
  reply.code(status).type('application/json').send(body);
}

/** The store that the pages show. @throws StudioError STUDIO_NO_STORE */
export function theStore(store: FeatureStore | undefined): FeatureStore {
  if (store === undefined) throw new StudioError('STUDIO_NO_STORE', studioErrors.STUDIO_NO_STORE());
  return store;
}
