import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoFolderVariable } from './demo-folder.js';

/** Worker threads and the command line run compiled code: it is brought up to date before any test. */
export function setup(): () => void {
  // A folder that is named already, with a demo of an earlier run perhaps, is used and left.
  const demo =
    process.env[demoFolderVariable] === undefined ? mkdtempSync(join(tmpdir(), 'thoracle-demo-')) : undefined;
  if (demo !== undefined) process.env[demoFolderVariable] = demo;
  const root = fileURLToPath(new URL('..', import.meta.url));
  const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('The code does not compile; see the messages above');
  const bundled = spawnSync(process.execPath, ['scripts/bundle-predict.mjs'], { cwd: root, stdio: 'inherit' });
  if (bundled.status !== 0) throw new Error('thoracle/predict cannot be made one file; see the messages above');
  const pages = spawnSync(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'],
    { cwd: root, stdio: 'inherit' },
  );
  if (pages.status !== 0) throw new Error('The pages cannot be built; see the messages above');
  return () => {
    if (demo !== undefined) rmSync(demo, { recursive: true, force: true });
  };
}
