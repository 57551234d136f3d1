import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { listRuns, type RunRecord } from '../../../training/index.js';
import { StudioError, studioErrors } from '../errors.js';
import type { JobEvent, JobListReply, JobReply, RecordedRun } from '../replies/job-reply.js';
import type { StudioSources } from '../sources.js';
import type { JobBoard } from './job-board.js';
import { parseJobRequest } from './job-request.js';

/** A line that says nothing, so that what stands between does not take a quiet connection for a dead one. */
const beatMs = 15_000;
/** Recorded runs that are shown. */
const mostRecorded = 20;

/** Jobs: what ran, what runs, and starting one (admin). */
export function addJobRoutes(app: FastifyInstance, sources: StudioSources): void {
  const hidden = { hide: true };
  const { jobs } = sources;
  app.get('/studio/api/jobs', { schema: hidden, config: { scope: 'read' } }, () => listJobs(sources));
  app.post('/studio/api/jobs', { schema: hidden, config: { scope: 'admin' } }, (request, reply) => {
    const job = boardOf(jobs).start(parseJobRequest(request.body));
    reply.code(201).header('location', `/studio/api/jobs/${job.id}`);
    return job;
  });
  app.get('/studio/api/jobs/:id', { schema: hidden, config: { scope: 'read' } }, (request) =>
    boardOf(jobs).get(idOf(request)),
  );
  app.post('/studio/api/jobs/:id/cancel', { schema: hidden, config: { scope: 'admin' } }, (request) =>
    boardOf(jobs).cancel(idOf(request)),
  );
  const closing = new AbortController();
  app.addHook('preClose', (done) => {
    closing.abort();
    done();
  });
  app.get('/studio/api/jobs/:id/events', { schema: hidden, config: { scope: 'read' } }, (request, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const events = boardOf(jobs).watch(idOf(request), AbortSignal.any([gone.signal, closing.signal]));
    reply.type('text/event-stream').header('cache-control', 'no-store');
    return reply.send(Readable.from(eventText(events), { objectMode: false }));
  });
}

function idOf(request: FastifyRequest): string {
  return (request.params as { readonly id: string }).id;
}

/** @throws StudioError STUDIO_NO_JOBS_HERE */
function boardOf(jobs: JobBoard | undefined): JobBoard {
  if (jobs === undefined) throw new StudioError('STUDIO_NO_JOBS_HERE', studioErrors.STUDIO_NO_JOBS_HERE());
  return jobs;
}

async function* eventText(events: AsyncGenerator<JobEvent>): AsyncGenerator<string> {
  let next = events.next();
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const beat = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), beatMs);
    });
    const found = await Promise.race([next, beat]);
    clearTimeout(timer);
    if (found === undefined) {
      yield ': still here\n\n';
      continue;
    }
    if (found.done === true) return;
    yield `data: ${JSON.stringify(found.value)}\n\n`;
    next = events.next();
  }
}

async function listJobs({ jobs, store }: StudioSources): Promise<JobListReply> {
  const runs = store === undefined ? [] : await listRuns(store, { kind: 'pipeline' });
  const failed =
    store === undefined || runs.length === 0 ? [] : await listRuns(store, { kind: 'imaging-job', status: 'failed' });
  return {
    jobs: (jobs?.list() ?? []).map(withoutItems),
    notHere: jobs === undefined ? studioErrors.STUDIO_NO_JOBS_HERE() : null,
    recorded: runs.slice(0, mostRecorded).map((run) => recordedRun(run, failed)),
  };
}

function withoutItems({ items: _items, log: _log, ...job }: JobReply): JobListReply['jobs'][number] {
  return job;
}

function recordedRun(run: RunRecord, failed: readonly RunRecord[]): RecordedRun {
  const { runId, name, status, failure, startedAtMs, durationSeconds } = run;
  return {
    runId,
    name,
    status,
    failure,
    startedAtMs,
    durationSeconds,
    counts: Object.fromEntries(Object.entries(run.metrics).map(([key, { value }]) => [key, value])),
    failed: failed
      .filter(({ parentId }) => parentId === runId)
      .map((job) => ({ patient: job.name, reason: job.failure ?? '' })),
  };
}
