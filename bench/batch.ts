/**
 * `thoracle batch` over files of 65 features, 100 trees of depth 6: rows a second of processor time, and the greatest memory of the process, for
 * two sizes of input. Numbers are written as programs write doubles (16 to 17 digits) and, besides, with 6 digits.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDuckDb } from '../serving/batch/parquet-source.js';
import { modelSize, trainedBooster, uniformNumbers, writeColumnModel } from './serving/models.js';

const launcher = fileURLToPath(new URL('../../bin/thoracle.js', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'thoracle-batch-'));
const at = (name: string) => path.join(folder, name);
const sizes = process.env.THORACLE_BATCH_ROWS?.split(',').map(Number) ?? [50_000, 500_000];

async function writeRows(file: string, rows: number, cell: (value: number) => string, names: readonly string[]) {
  const out = createWriteStream(file);
  const uniform = uniformNumbers(3);
  out.write(`case_id,${names.join(',')}\n`);
  for (let r = 0; r < rows; r++) {
    const cells = names.map(() => (uniform() < 0.05 ? '' : cell((uniform() + uniform() / 2 ** 31) / 3)));
    if (!out.write(`P${r},${cells.join(',')}\n`)) await once(out, 'drain');
  }
  await new Promise<void>((closed) => out.end(closed));
}

function run(input: string, out: string, ...more: readonly string[]) {
  rmSync(at(out), { force: true });
  const script = `
    process.argv = [process.execPath, ${JSON.stringify(launcher)}, ...${JSON.stringify(['batch', '--model', at('model'), at(input), '--out', at(out), '--json', ...more])}];
    process.on('exit', () => process.stderr.write('\\n#' + JSON.stringify({ ...process.resourceUsage() })));
    await import(${JSON.stringify(launcher)});`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  const { rows, seconds } = JSON.parse(child.stdout) as { readonly rows: number; readonly seconds: number };
  const usage = JSON.parse(child.stderr.slice(child.stderr.lastIndexOf('#') + 1)) as NodeJS.ResourceUsage;
  const cpu = (usage.userCPUTime + usage.systemCPUTime) / rows;
  console.log(
    `${input} -> ${out} ${more.join(' ')}: ${rows} rows, ${Math.round(statSync(at(input)).size / 1e6)} MB, ${Math.round(rows / seconds)} rows/s, ` +
      `${cpu.toFixed(2)} us of processor time a row (start included), at most ${Math.round(usage.maxRSS / 1024)} MB`,
  );
}

try {
  await writeColumnModel(at('model'), trainedBooster(7));
  const names = Array.from({ length: modelSize.inputs }, (_, i) => `feature_${i}`);
  for (const rows of sizes) {
    await writeRows(at(`long-${rows}.csv`), rows, String, names);
    run(`long-${rows}.csv`, 'out.csv');
    await writeRows(at(`short-${rows}.csv`), rows, (value) => value.toFixed(6), names);
    run(`short-${rows}.csv`, 'out.csv');
    run(`short-${rows}.csv`, 'out.jsonl');
    const { connection, close } = await openDuckDb();
    const [csv, table] = [at(`short-${rows}.csv`), at(`table-${rows}`)];
    await connection.run(`COPY (FROM read_csv('${csv}')) TO '${table}.parquet'`);
    await connection.run(`COPY (FROM read_csv('${csv}')) TO '${table}.jsonl' (FORMAT json)`);
    await close();
    run(`table-${rows}.parquet`, 'out.parquet');
    run(`table-${rows}.jsonl`, 'out.csv');
  }
} finally {
  rmSync(folder, { recursive: true });
}
