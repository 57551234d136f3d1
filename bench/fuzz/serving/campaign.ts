import { verifyAuditLog } from '../../../serving/index.js';
import { apiKeys, soundToken } from './credentials.js';
import { exchange } from './exchange.js';
import { generator } from './kinds.js';
import type { ServerUnderTest } from './server-under-test.js';
import { type Ending, judge } from './verdict.js';
import { atOnce, framed, type WireRequest } from './wire.js';

/** How many requests, and which. */
export interface CampaignOptions {
  readonly requests: number;
  readonly seed: number;
  /** Connections at a time. */
  readonly concurrency: number;
  /** Called with each request that failed. */
  readonly onFailure?: (request: WireRequest, index: number, failures: readonly string[]) => void;
}

/** What came of one kind of request. */
export interface KindRow {
  readonly kind: string;
  requests: number;
  readonly endings: Record<Ending, number>;
  readonly statuses: Record<string, number>;
}

/** What came of all. */
export interface CampaignReport {
  readonly seed: number;
  readonly rows: readonly KindRow[];
  /** In one sentence each; none: the server has withstood it. */
  readonly failures: readonly string[];
  readonly seconds: number;
  /** MB of resident memory: at a quarter of the requests, after the last, and the most at any time. */
  readonly memoryMb: { readonly quarter: number; readonly end: number; readonly most: number };
  readonly auditEntries: number;
}

/** Bytes that are answered the same before, between and after the others. */
const good = atOnce(
  'good',
  framed(
    'POST',
    '/invocations',
    [
      ['x-api-key', apiKeys.predict.secret],
      ['content-type', 'text/csv'],
    ],
    'Age,LRIG1\n60,1.5\n71,\n',
  ),
  { mayAnswer: true, end: 'wait' },
);
const goodEvery = 100;
/** Memory may grow by so much between a quarter of the requests and the end: garbage that was not collected yet. */
const growth = { factor: 1.15, mb: 60 } as const;
const settleMs = 10_000;

/** Sends the requests to the server, several at a time, and stops it in the end. */
export async function runCampaign(server: ServerUnderTest, options: CampaignOptions): Promise<CampaignReport> {
  const startMs = performance.now();
  const campaign = new Campaign(server, options, generator(options.seed, await soundToken()));
  await campaign.remember();
  const socketsBefore = server.sockets();
  await campaign.sendAll();
  const failures = campaign.failures;
  const { quarterMb } = campaign;
  await settled(() => !(server.sockets() > socketsBefore));
  if (server.sockets() > socketsBefore)
    failures.push(`${server.sockets()} sockets are open, ${socketsBefore} were before`);
  await campaign.checkGood('after the last request');
  await settled(() => !(server.memoryMb().now > quarterMb * growth.factor + growth.mb));
  const { now: end, most } = server.memoryMb();
  if (end > quarterMb * growth.factor + growth.mb) {
    failures.push(`memory has grown from ${quarterMb.toFixed(0)} to ${end.toFixed(0)} MB`);
  }
  const ended = server.ended();
  const how = ended ?? (await server.stop());
  if (ended !== undefined || how !== 'exit 0') failures.push(`the server ended with ${how}`);
  for (const complaint of server.complaints) failures.push(`the server's log: ${complaint}`);
  const auditEntries = await verifyAuditLog(server.auditFile).then(
    ({ entries }) => entries,
    (error: unknown) => {
      failures.push(`the audit log: ${String(error)}`);
      return 0;
    },
  );
  const seconds = (performance.now() - startMs) / 1000;
  const memoryMb = { quarter: quarterMb, end, most };
  return { seed: options.seed, rows: [...campaign.rows.values()], failures, seconds, memoryMb, auditEntries };
}

async function settled(done: () => boolean): Promise<void> {
  const until = performance.now() + settleMs;
  while (!done() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
}

class Campaign {
  readonly rows = new Map<string, KindRow>();
  readonly failures: string[] = [];
  quarterMb = Number.NaN;
  #next = 0;
  #goodBody = '';

  constructor(
    private readonly server: ServerUnderTest,
    private readonly options: CampaignOptions,
    private readonly requestOf: (index: number) => WireRequest,
  ) {}

  /** Asks once what every later good request is compared with. */
  async remember(): Promise<void> {
    const [reply] = (await exchange(this.server, good)).replies;
    if (reply?.status !== 200) throw new Error(`the good request is answered ${reply?.status}: ${reply?.body}`);
    this.#goodBody = reply.body;
  }

  async sendAll(): Promise<void> {
    await Promise.all(Array.from({ length: this.options.concurrency }, () => this.#client()));
  }

  async checkGood(when: string): Promise<void> {
    const { replies } = await exchange(this.server, good);
    const [reply] = replies;
    // A server that is busy says so; the end of the run asks again.
    if (reply?.status === 503 && when !== 'after the last request') return;
    if (replies.length !== 1 || reply?.status !== 200 || reply.body !== this.#goodBody) {
      this.failures.push(
        `${when}, the good request got ${reply?.status ?? 'nothing'} ${reply?.body.slice(0, 200) ?? ''}`,
      );
    }
  }

  async #client(): Promise<void> {
    const { requests } = this.options;
    while (this.#next < requests && this.server.ended() === undefined) {
      const index = this.#next++;
      if (index === Math.floor(requests / 4)) this.quarterMb = this.server.memoryMb().now;
      if (index % goodEvery === 0) await this.checkGood(`beside request ${index}`);
      await this.#one(index);
    }
  }

  async #one(index: number): Promise<void> {
    const request = this.requestOf(index);
    const answer = await exchange(this.server, request);
    const verdict = judge(request, answer, {
      texts: [this.server.scratch, apiKeys.admin.secret, apiKeys.predict.secret],
    });
    const row = this.#rowOf(request.kind);
    row.requests++;
    row.endings[verdict.ending]++;
    for (const status of verdict.statuses) row.statuses[status] = (row.statuses[status] ?? 0) + 1;
    if (verdict.failures.length === 0) return;
    for (const failure of verdict.failures) this.failures.push(`request ${index} (${request.kind}): ${failure}`);
    this.options.onFailure?.(request, index, verdict.failures);
  }

  #rowOf(kind: string): KindRow {
    const row = this.rows.get(kind) ?? {
      kind,
      requests: 0,
      endings: { answered: 0, refused: 0, closed: 0, busy: 0 },
      statuses: {},
    };
    this.rows.set(kind, row);
    return row;
  }
}
