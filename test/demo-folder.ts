import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { thoracle } from './thoracle.js';

/** Names the folder that the tests of one run share; it goes when they have ended. */
export const demoFolderVariable = 'THORACLE_TEST_DEMO';

/** What `thoracle demo` leaves. */
export interface DemoFolder {
  readonly cohort: string;
  readonly store: string;
  readonly model: string;
}

const patients = 40;

/**
 * A demo of 40 invented patients, made once for all tests of a run. The cohort and the model are shared and not to be changed; the
 * store is a copy of its own, since one process at a time has it.
 */
export async function demoFolder(): Promise<DemoFolder> {
  const shared = process.env[demoFolderVariable];
  if (shared === undefined) throw new Error(`${demoFolderVariable} is set by the tests' global setup`);
  const out = join(shared, 'demo');
  const first = await mkdir(join(shared, 'making')).then(
    () => true,
    () => false,
  );
  if (first) {
    const { code, stderr } = await thoracle('demo', '--patients', String(patients), '--out', out, '--workers', '2');
    await writeFile(join(shared, code === 0 ? 'made' : 'failed'), stderr);
  }
  while (!existsSync(join(shared, 'made'))) {
    if (existsSync(join(shared, 'failed'))) throw new Error(`"thoracle demo" failed; see ${join(shared, 'failed')}`);
    await sleep(200);
  }
  const own = join(await mkdtemp(join(shared, 'store-')), 'store.duckdb');
  await cp(join(out, 'store.duckdb'), own);
  return { cohort: join(out, 'cohort'), store: own, model: join(out, 'model') };
}
