import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../context.js';
import { CliError, cliErrors } from '../errors.js';
import { createOutput, textTable } from '../io.js';
import { adviceText, type Capacity, findCapacity, recommend } from '../load/find-capacity.js';
import { latencySvg } from '../load/latency-chart.js';
import { startLoadProcess } from '../load/load-process.js';
import { requestMix } from '../load/request-mix.js';
import { wholeNumber } from '../option-values.js';

interface LoadtestOptions {
  readonly p99: number;
  readonly connections: number;
  readonly seconds: number;
  readonly from: number;
  readonly want?: number;
  readonly processes?: number;
  readonly cores: number;
  readonly key?: string;
  readonly svg?: string;
  readonly json?: boolean;
}

/** `thoracle loadtest URL --p99 5ms [--want 20000] [--svg FILE]`. */
export function loadtestCommand({ io }: CommandContext): Command {
  return new Command('loadtest')
    .description('find the highest rate of requests that a running server answers within a bound')
    .argument('<url>', 'of a thoracle server, such as http://127.0.0.1:8080')
    .option('--p99 <time>', 'bound that 99 % of the answers must keep, such as 5ms', milliseconds, 5)
    .option('--connections <n>', 'kept open at the same time', wholeNumber(1, 10_000), 16)
    .option('--seconds <n>', 'for each rate that is tried', wholeNumber(1, 3600), 5)
    .option('--from <rate>', 'requests per second to begin with', wholeNumber(1, 1_000_000), 250)
    .option('--want <rate>', 'recommend processes and replicas for this rate', wholeNumber(1, 100_000_000))
    .option('--processes <n>', 'processes of the tested server; default what it says itself', wholeNumber(1, 256))
    .option(
      '--cores <n>',
      'cores of a replica; default those of this machine',
      wholeNumber(1, 1024),
      availableParallelism(),
    )
    .option('--key <key>', 'sent as "Authorization: Bearer <key>"')
    .option('--svg <file>', 'write the curve of latency over rate')
    .option('--json', 'print one JSON document')
    .action(async (address: string, options: LoadtestOptions) => {
      const output = createOutput(io, options.json === true);
      const url = httpAddress(address);
      const tested = options.processes ?? (await processesOf(url, options.key));
      const capacity = await measure(url, options, output.note);
      if (options.svg !== undefined) await writeFile(options.svg, latencySvg(capacity.steps, options.p99));
      const advice =
        options.want === undefined ? undefined : recommend(capacity.rate, options.want, tested, options.cores);
      output.answer(
        {
          url,
          p99Ms: options.p99,
          processes: tested,
          ...capacity,
          ...(advice === undefined ? {} : { recommended: advice }),
        },
        () =>
          [
            table(capacity),
            capacity.rate === 0
              ? `no rate from ${options.from}/s down kept 99 % of the answers within ${options.p99} ms`
              : `${capacity.rate} requests/s is the highest rate that kept 99 % of the answers within ${options.p99} ms`,
            ...(advice === undefined ? [] : [adviceText(options.want ?? 0, advice)]),
          ].join('\n'),
      );
    });
}

/** How many processes a server says that it has; one where it does not tell. */
async function processesOf(url: string, key: string | undefined): Promise<number> {
  const headers = authorization(key);
  const page = await fetch(`${url}/metrics`, { headers }).then(
    (reply) => reply.text(),
    () => '',
  );
  return Number(/^thoracle_processes (\d+)$/m.exec(page)?.[1] ?? 1);
}

function authorization(key: string | undefined): Readonly<Record<string, string>> {
  return key === undefined ? {} : { Authorization: `Bearer ${key}` };
}

async function measure(url: string, options: LoadtestOptions, note: (line: string) => void): Promise<Capacity> {
  const headers = authorization(options.key);
  const requests = requestMix(await modelOf(url, headers), headers);
  const load = startLoadProcess();
  try {
    const target = { url, requests, connections: options.connections };
    note('warming up');
    await load.run({ ...target, seconds: 1 });
    return await findCapacity(
      { ...target, p99Ms: options.p99, secondsPerStep: options.seconds, firstRate: options.from },
      async (job) => {
        const result = await load.run(job);
        note(`${job.rate}/s wanted, ${Math.round(result.rate)}/s answered, 99 % within ${result.p99Ms.toFixed(2)} ms`);
        return result;
      },
    );
  } finally {
    load.close();
  }
}

async function modelOf(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Parameters<typeof requestMix>[0]> {
  let status: string;
  try {
    const reply = await fetch(`${url}/model`, { headers });
    const document = (await reply.json()) as Partial<Parameters<typeof requestMix>[0]>;
    const { columns, ranges } = document;
    if (reply.ok && Array.isArray(columns) && Array.isArray(ranges)) return { columns, ranges };
    status = `GET /model was answered ${reply.status}`;
  } catch {
    status = 'GET /model was not answered with JSON';
  }
  throw new CliError('CLI_NO_SERVER', cliErrors.CLI_NO_SERVER(url, status));
}

function table({ steps }: Capacity): string {
  const rows = steps.map(({ wanted, result, holds }) => [
    wanted,
    Math.round(result.rate),
    result.p50Ms.toFixed(2),
    result.p99Ms.toFixed(2),
    result.failed,
    holds ? 'yes' : 'no',
  ]);
  return textTable(['wanted/s', 'answered/s', 'p50 ms', 'p99 ms', 'failed', 'within bound'], rows);
}

/** `5ms`, `0.5s` or a number of milliseconds. */
function milliseconds(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text) ?? [];
  const value = Number(digits) * (unit === 's' ? 1000 : 1);
  if (value > 0) return value;
  throw new InvalidArgumentError('expected a time such as 5ms or 0.5s.');
}

/** @throws CliError CLI_NO_SERVER */
function httpAddress(text: string): string {
  try {
    const url = new URL(text);
    // The generator of load speaks over plain sockets.
    if (url.protocol === 'http:') return url.origin;
  } catch {
    // Said below.
  }
  throw new CliError('CLI_NO_SERVER', cliErrors.CLI_NO_SERVER(text, 'expected an address that begins with http://'));
}
