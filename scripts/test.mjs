/** `npm test`: the cheap checks first, then the tests; one line per step, and every skipped test with its reason. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

const steps = [
  ['tools that only tests need', process.execPath, ['scripts/test-tools.mjs']],
  ['lint and format', bin('biome'), ['check', '.']],
  ['type check', bin('tsc'), ['-p', 'tsconfig.json', '--noEmit']],
  ['type check of the pages', bin('tsc'), ['-p', 'web/tsconfig.json']],
  [
    'import directions',
    bin('depcruise'),
    ['--config', '.dependency-cruiser.cjs', 'cohort', 'pipelines', 'featurestore', 'training', 'serving', 'web', 'cli'],
  ],
  ['exported names are documented', process.execPath, ['scripts/check-doc-comments.mjs']],
  ['advisories of dependencies', process.execPath, ['scripts/dependency-audit.mjs']],
  ['generated docs are current', process.execPath, ['scripts/docs.mjs', '--check']],
  [
    'tests',
    bin('vitest'),
    ['run', '--reporter=default', '--reporter=./scripts/summary-reporter.mjs', ...process.argv.slice(2)],
  ],
];

const shared = process.env.THORACLE_SHARED_DATA ?? join(root, '..', 'shared', 'data');
if (!existsSync(shared)) {
  console.log(
    `no reference data at ${shared}: tests named [needs ../shared/data] will be skipped (set THORACLE_SHARED_DATA to its place)`,
  );
}

for (const [name, command, args] of steps) {
  const start = performance.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (status !== 0) process.exit(1);
}
