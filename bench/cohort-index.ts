import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cohortPath, generateCohort, indexCohort } from '../cohort/index.js';

/**
 * How many DICOM files per second `indexCohort` reads, headers only.
 * Run: `npm run build && npm run bench cohort-index`, or `node dist/bench/cohort-index.js FILES`; prints files, seconds, rate and the goal's margin.
 * Each file is a CT slice of a generated patient with a UID of its own (about 13 kB, 11 kB of it pixels).
 */
const goalSeconds = 20;
const goalFiles = 10_000;

async function copies(slices: readonly Buffer[], uids: readonly string[], root: string, files: number): Promise<void> {
  for (let i = 0; i < files; i++) {
    const folder = join(root, String(i % 100));
    if (i < 100) await mkdir(folder);
    const slice = Buffer.from(slices[i % slices.length] as Buffer);
    const uid = uids[i % uids.length] as string;
    // The same length, so that no other byte of the file changes.
    const own = `2.25.1${String(i).padStart(uid.length - 6, '0')}`;
    for (let at = slice.indexOf(uid); at >= 0; at = slice.indexOf(uid, at + 1)) slice.write(own, at, 'latin1');
    await writeFile(join(folder, `${i}`), slice);
  }
}

async function main(): Promise<void> {
  const files = Number(process.argv[2] ?? goalFiles);
  const scratch = await mkdtemp(join(tmpdir(), 'thoracle-bench-'));
  try {
    const source = await generateCohort({ patients: 1, seed: 0, out: join(scratch, 'source') });
    const index = await indexCohort(source.out);
    const ct = index.series.find((series) => series.modality === 'CT');
    if (ct === undefined) throw new Error('the generated patient has no CT');
    const slices = await Promise.all(ct.files.map((file) => readFile(cohortPath(index, file.path))));
    const root = join(scratch, 'many');
    await mkdir(root);
    await copies(
      slices,
      ct.files.map((file) => file.sopInstanceUid),
      root,
      files,
    );

    for (const round of ['first', 'again']) {
      const start = performance.now();
      const found = await indexCohort(root);
      const seconds = (performance.now() - start) / 1000;
      const read = found.series.reduce((sum, series) => sum + series.files.length, 0);
      if (read !== files) throw new Error(`${read} of ${files} files were recognised`);
      const goal = (goalSeconds * files) / goalFiles;
      console.log(
        `${round}: ${files} DICOM files in ${seconds.toFixed(2)} s = ${Math.round(files / seconds)} files/s, ` +
          `${(goal / seconds).toFixed(1)} times faster than the goal of ${goal} s (${cpus().length} CPUs)`,
      );
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

await main();
