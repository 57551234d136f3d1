import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { SignatureVerifier } from '../../featurestore/http/signature/index.js';
import { servingError } from '../errors.js';
import type { HookedRequest, ServerExtension } from '../http/extension.js';
import type { RequestFacts } from '../http/request-facts.js';
import { replyToRuntime } from '../http/sagemaker/runtime-errors.js';
import { identify } from '../http/sagemaker/runtime-routes.js';
import type { Slices } from '../http/slices.js';
import { type Job, publicJob } from './job.js';
import { JobFolder } from './job-folder.js';
import { type JobLimits, JobQueue, type JobReply, retryAfterSeconds } from './job-queue.js';
import { deleteJobSchema, jobResultSchema, jobSchema } from './job-schemas.js';
import { prefersAsync } from './prefer.js';

/** Where jobs are kept, and how many for how long. */
export interface JobsOptions {
  /** Made when it does not exist; may be shared by the processes of one server. */
  readonly folder: string;
  /** Jobs that wait, of one process. Default 100. */
  readonly mostWaiting?: number;
  /** Bodies and replies of all jobs. Default 1 GB. */
  readonly mostBytes?: number;
  /** From the end of a job until it is forgotten. Default a day. */
  readonly keptMs?: number;
  /** Checks requests about jobs of the cloud's runtime clients, as those that made them were checked. */
  readonly verify?: SignatureVerifier;
  /** Where jobs are counted; nowhere without one. */
  readonly registry?: Registry;
}

/** Routes whose answers may be asked for later. */
const deferrable: ReadonlySet<string> = new Set([
  '/invocations',
  '/predict',
  '/models/:name/invoke',
  '/endpoints/:name/invocations',
]);
/** Headers that an answer depends on. */
const keptHeader = /^(content-type|accept|x-amzn-sagemaker-[a-z-]+)$/;
/** Headers of a reply that are its own, not its connection's. */
const keptReplyHeader = /^(content-type|x-amzn-.+)$/;
/** Carries, inside the process, what tells the server's own request from a client's. */
const passHeader = 'x-thoracle-job';

const defaults: JobLimits = { mostWaiting: 100, mostBytes: 1024 ** 3, keptMs: 24 * 3600 * 1000 };

/**
 * `Prefer: respond-async` (RFC 7240) at the routes that predict: 202 with the place of a job, which is answered by the same server as the request would
 * have been, a slice of rows at a time. `GET /jobs/{id}`, `GET /jobs/{id}/result`, `DELETE /jobs/{id}`. To be the first of a server's extensions, so that who
 * asked need not be asked again.
 * @throws ServingError SERVING_JOBS_FOLDER
 */
export async function jobsExtension(options: JobsOptions): Promise<ServerExtension> {
  const { folder: root, verify, registry, ...limits } = options;
  const jobs = new Jobs(await JobFolder.open(root), { ...defaults, ...limits }, registry);
  return {
    name: 'jobs',
    onRequest: (request) => jobs.recognise(request),
    setup: (app) => jobs.attach(app),
    // What asks to be answered later is not plain.
    allowsShortPath: () => true,
    routes: (app) => {
      jobs.addRoutes(app, '/jobs', 'thoracle');
      app.register(async (routes) => {
        routes.setErrorHandler(replyToRuntime);
        if (verify !== undefined) routes.addHook('preHandler', async (request) => identify(request, verify));
        jobs.addRoutes(routes, '/endpoints/:name/jobs', 'sagemaker-runtime');
      });
    },
  };
}

class Jobs {
  readonly #queue: JobQueue;
  #app: FastifyInstance | undefined;
  /** The job that is being asked by the server itself. */
  #asking:
    | { readonly pass: Buffer; readonly job: Job; readonly slices: Slices; facts: RequestFacts | undefined }
    | undefined;

  constructor(
    private readonly folder: JobFolder,
    private readonly limits: JobLimits,
    registry: Registry | undefined,
  ) {
    const count = registry === undefined ? undefined : jobMetrics(registry, () => this.#queue.waiting);
    this.#queue = new JobQueue(
      folder,
      limits,
      (job, body, slices) => this.#ask(job, body, slices),
      (outcome) => count?.(outcome),
      (err) => this.#app?.log.error({ err }, 'job failed'),
    );
  }

  /** Puts the routes that predict behind the question whether the client would rather come back. */
  attach(app: FastifyInstance): void {
    this.#app = app;
    app.addHook('onReady', () => this.#queue.start());
    app.addHook('preClose', () => this.#queue.close());
    app.addHook('onRoute', (route) => {
      if (route.method !== 'POST' || !deferrable.has(route.url)) return;
      const { handler } = route;
      const take = (request: FastifyRequest, reply: FastifyReply) => this.#take(request, reply);
      route.handler = function later(request, reply) {
        const { prefer } = request.headers;
        if (prefer === undefined || request.facts.admitted || !prefersAsync(prefer)) {
          return handler.call(this, request, reply);
        }
        return take(request, reply);
      } satisfies RouteHandlerMethod;
    });
  }

  /** Lets the server's own request for a job in as its maker. */
  recognise(request: HookedRequest): void {
    const pass = request.headers[passHeader];
    if (pass === undefined || this.#asking === undefined) return;
    const given = Buffer.from(String(pass));
    if (given.length !== this.#asking.pass.length || !timingSafeEqual(given, this.#asking.pass)) return;
    const { facts } = request;
    facts.admitted = true;
    facts.caller = this.#asking.job.caller;
    facts.slices = this.#asking.slices;
    this.#asking.facts = facts;
  }

  addRoutes(app: FastifyInstance, base: string, protocol: 'thoracle' | 'sagemaker-runtime'): void {
    const config = { scope: 'predict', protocol } as const;
    app.get(`${base}/:id`, { schema: jobSchema, config }, async (request) => {
      const { job, rowsDone } = await this.#find(request);
      return publicJob(job, rowsDone, this.limits.keptMs);
    });
    app.get(`${base}/:id/result`, { schema: jobResultSchema, config }, async (request, reply) => {
      const { job } = await this.#find(request);
      if (job.reply === null) {
        reply.header('retry-after', 1);
        throw servingError('SERVING_JOB_NOT_DONE', job.status);
      }
      const body = await this.folder.result(job.id).catch(() => {
        throw servingError('SERVING_JOB_NOT_FOUND');
      });
      return reply.code(job.reply.status).headers(job.reply.headers).send(body);
    });
    app.delete(`${base}/:id`, { schema: deleteJobSchema, config }, async (request, reply) => {
      const { job } = await this.#find(request);
      await this.#queue.remove(job.id);
      return reply.code(204).send();
    });
  }

  /** The job of a request, when it is for its caller. @throws ServingError SERVING_JOB_NOT_FOUND */
  async #find(request: FastifyRequest): Promise<{ readonly job: Job; readonly rowsDone: number }> {
    const { id } = request.params as { readonly id: string };
    const found = await this.#queue.find(id);
    const { caller, scopes } = request.facts;
    if (found !== undefined && (found.job.caller === caller || scopes?.includes('admin') === true)) return found;
    throw servingError('SERVING_JOB_NOT_FOUND');
  }

  async #take(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { facts, url } = request;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers)) {
      if (keptHeader.test(name) && typeof value === 'string') headers[name] = value;
    }
    const { name = '' } = request.params as { readonly name?: string };
    const base = url.startsWith('/endpoints/') ? `/endpoints/${encodeURIComponent(name)}/jobs` : '/jobs';
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.from(String(request.body ?? ''));
    let job: Job;
    try {
      job = await this.#queue.add({ url, headers }, body, facts.caller, base);
    } catch (error) {
      reply.header('retry-after', retryAfterSeconds);
      throw error;
    }
    const at = `${base}/${job.id}`;
    reply.code(202).header('location', at).header('preference-applied', 'respond-async').header('retry-after', 1);
    return reply
      .type('application/json')
      .serializer(JSON.stringify)
      .send({ id: job.id, status: job.status, location: at });
  }

  async #ask(job: Job, body: Uint8Array, slices: Slices): Promise<JobReply> {
    if (this.#app === undefined) throw new Error('jobs are answered by the server that they are attached to');
    const pass = randomBytes(32).toString('base64url');
    const asking = { pass: Buffer.from(pass), job, slices, facts: undefined as RequestFacts | undefined };
    this.#asking = asking;
    try {
      const { request } = job;
      const headers = { ...request.headers, [passHeader]: pass };
      const reply = await this.#app.inject({ method: 'POST', url: request.url, headers, payload: Buffer.from(body) });
      const own = Object.entries(reply.headers).filter(([name]) => keptReplyHeader.test(name));
      const { facts } = asking;
      return {
        status: reply.statusCode,
        headers: Object.fromEntries(own.map(([name, value]) => [name, String(value)])),
        body: reply.rawPayload,
        model: facts?.model ?? '',
        version: facts?.version ?? '',
        code: facts === undefined || facts.code === '' ? null : facts.code,
      };
    } finally {
      this.#asking = undefined;
    }
  }
}

/** Counts jobs by how they ended, and those that wait. */
function jobMetrics(registry: Registry, waiting: () => number): (outcome: string) => void {
  const registers = [registry];
  const ended = new Counter({
    name: 'thoracle_jobs_total',
    help: 'Jobs that have ended: done, failed, deleted',
    labelNames: ['outcome'],
    registers,
  });
  new Gauge({
    name: 'thoracle_jobs_waiting',
    help: 'Jobs that wait to be answered',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  return (outcome) => ended.inc({ outcome });
}
