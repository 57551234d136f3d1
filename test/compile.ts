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
  const builder = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [builder], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The code cannot be built; see the messages above');
  return () => {
    if (demo !== undefined) rmSync(demo, { recursive: true, force: true });
  };
}
