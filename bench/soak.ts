/**
 * `npm run bench soak -- --minutes 30 --share 0.7 --swap-every 60 [--processes 2] [--connections 16] [--measure 5] [--scratch DIR]`: a server at a share of what it takes, a
 * promoted model every minute, the load from a second process. One JSON document with figures and verdict; exit code 1 when something did not hold. The audit log takes about
 * 350 bytes a request in the scratch folder. Memory is read by `ps` (Linux).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { csvBodies, trainedBooster, writeColumnModel } from './serving/models.js';
import { runSoak } from './soak/run-soak.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    share: { type: 'string', default: '0.7' },
    'swap-every': { type: 'string', default: '10' },
    processes: { type: 'string', default: '1' },
    connections: { type: 'string', default: '16' },
    measure: { type: 'string', default: '5' },
    scratch: { type: 'string', default: tmpdir() },
  },
});

function above0(name: Exclude<keyof typeof values, 'scratch'>): number {
  const value = Number(values[name]);
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0`);
  return value;
}

const scratch = mkdtempSync(join(values.scratch, 'soak-'));
try {
  const models = [join(scratch, 'first'), join(scratch, 'second')] as const;
  for (const [i, folder] of models.entries()) await writeColumnModel(folder, trainedBooster(i + 1));
  const result = await runSoak({
    scratch,
    models,
    requests: csvBodies(50).map((body) => ({
      method: 'POST',
      path: '/invocations',
      headers: { 'Content-Type': 'text/csv' },
      body,
    })),
    seconds: above0('minutes') * 60,
    swapEverySeconds: above0('swap-every'),
    share: above0('share'),
    connections: above0('connections'),
    processes: above0('processes'),
    measureSeconds: above0('measure'),
    note: (line) => console.error(line),
  });
  const machine = `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(1)}`;
  console.log(JSON.stringify({ machine, date: new Date().toISOString(), asked: values, ...result }, null, 1));
  process.exitCode = result.passed ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true });
}
