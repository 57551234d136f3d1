/**
 * Builds a checkout: the TypeScript code, `thoracle/predict` as one file, and the pages. Stops at the first that fails. Everything it
 * prints goes to stderr.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');

const steps = [
  [
    'the TypeScript code did not compile; the compiler’s message is above.',
    [join(modules, 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'],
  ],
  [
    'thoracle/predict could not be made one file; esbuild’s message is above.',
    [join(root, 'scripts', 'bundle-predict.mjs')],
  ],
  [
    'the pages could not be built; Vite’s message is above.',
    [join(modules, 'vite', 'bin', 'vite.js'), 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'],
  ],
];

for (const [trouble, words] of steps) {
  const { status } = spawnSync(process.execPath, words, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) continue;
  process.stderr.write(`build: ${trouble}\n`);
  process.exit(2);
}
