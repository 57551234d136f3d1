/**
 * `npm run fuzz:serving [-- --requests N] [--seed S] [--concurrency N] [--only INDEX] [--replay FILE] [--json]`: malformed requests against
 * a `thoracle serve` with keys, tokens, signatures and an audit log. Each must end in a 4xx or a closed connection; the server must neither
 * fail, nor grow, nor keep a socket, nor change what it answers to a good request. A request that fails is written to a file for `--replay`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type CampaignReport, runCampaign } from './serving/campaign.js';
import { soundToken } from './serving/credentials.js';
import { exchange } from './serving/exchange.js';
import { generator } from './serving/kinds.js';
import { startServerUnderTest } from './serving/server-under-test.js';
import { judge } from './serving/verdict.js';
import { recorded, replayed, type WireRequest } from './serving/wire.js';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '32' },
    only: { type: 'string' },
    replay: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const [requests, concurrency] = [Number(values.requests), Number(values.concurrency)];
if (![seed, requests, concurrency].every(Number.isInteger) || requests < 4 || concurrency < 1) {
  throw new Error('--seed, --requests (4 or more) and --concurrency take whole numbers');
}

const server = await startServerUnderTest();
try {
  if (values.replay !== undefined) await one(replayed(readFileSync(values.replay, 'utf8')));
  else if (values.only !== undefined) await one(generator(seed, await soundToken())(Number(values.only)));
  else {
    const report = await runCampaign(server, { requests, seed, concurrency, onFailure });
    if (values.json) console.log(JSON.stringify(report));
    else print(report);
    process.exitCode = report.failures.length === 0 ? 0 : 1;
  }
} finally {
  if (server.ended() === undefined) await server.stop();
  await server.remove();
}

function onFailure(request: WireRequest, index: number): void {
  writeFileSync(`fuzz-serving-${seed}-${index}.json`, recorded(request));
}

/** Sends one request and shows everything. */
async function one(request: WireRequest): Promise<void> {
  const answer = await exchange(server, request);
  const { failures } = judge(request, answer, { texts: [server.scratch] });
  for (const { bytes } of request.steps) console.log(JSON.stringify(bytes.toString('latin1').slice(0, 4000)));
  for (const { head, body } of answer.replies) console.log(`${head}\n\n${body}`);
  console.log([...failures, ...server.complaints].map((text) => `FAILURE ${text}`).join('\n') || 'as it should be');
  process.exitCode = failures.length + server.complaints.length === 0 ? 0 : 1;
}

function print({ rows, failures, seconds, memoryMb, auditEntries }: CampaignReport): void {
  console.log(`seed ${seed}, ${requests} requests on ${concurrency} connections in ${seconds.toFixed(0)} s`);
  console.log('kind             requests  refused  closed  answered  busy  statuses');
  for (const { kind, requests: count, endings, statuses } of rows) {
    const cells = [count, endings.refused, endings.closed, endings.answered, endings.busy];
    const widths = [8, 7, 6, 8, 4];
    const numbers = cells.map((cell, i) => String(cell).padStart(widths[i] as number)).join('  ');
    const codes = Object.entries(statuses).map(([status, times]) => `${status} ${times}`);
    console.log(`${kind.padEnd(15)}  ${numbers}  ${codes.join(', ')}`);
  }
  const { quarter, end, most } = memoryMb;
  const [a, b, c] = [quarter, end, most].map((mb) => mb.toFixed(0));
  console.log(
    `memory: ${a} MB after a quarter, ${b} MB after the last, ${c} MB at most; audit log: ${auditEntries} entries`,
  );
  for (const failure of failures.slice(0, 50)) console.log(`FAILURE ${failure}`);
  console.log(failures.length === 0 ? 'no failure' : `${failures.length} failures`);
}
