import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorBody } from '../../serving/index.js';

/** What the pages' routes refuse: one sentence for each stable code. */
export const studioErrors = {
  STUDIO_NO_STORE: () => 'This server has no feature store: start it with --store',
  STUDIO_NO_COHORT: () => 'This server has no folder of raw files: start it with --cohort',
  STUDIO_NO_PAGES: () => 'The pages are not built; "npm run setup" builds them',
} as const;

/** Status of the reply to each. */
const studioStatus: Readonly<Record<StudioErrorCode, number>> = {
  STUDIO_NO_STORE: 409,
  STUDIO_NO_COHORT: 409,
  STUDIO_NO_PAGES: 404,
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

/** A refusal of ours in the shape of every other error reply; whatever else went wrong is the server's to answer. */
export function replyWithStudioError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (!(error instanceof StudioError)) throw error;
  const body: ErrorBody = { error: { code: error.code, message: error.message } };
  request.facts.code = error.code;
  reply.code(studioStatus[error.code]).type('application/json').send(body);
}
