/**
 * Radiomics on patient LUNG1-001, region GTV-1: the budget per step in a fresh process, growth with the number of voxels,
 * PyRadiomics 3.0.1 on the same case and settings with one core each, and a cohort on one and two workers.
 * PyRadiomics comes from THORACLE_PEERS_PYTHON, or is installed into node_modules/.cache/pyradiomics when pip answers.
 * `--patients N`: size of the cohort (that patient N times), 100 unless said; 0 leaves it out.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { defaultSettings, measure, openImage, openMask, writeNifti } from '../pipelines/imaging/index.js';
import { families } from '../pipelines/imaging/radiomics/families.js';
import { greyLevels } from '../pipelines/imaging/radiomics/grey-levels.js';
import { chosenFeatures } from '../pipelines/imaging/radiomics/measure.js';
import { boundingBox, cropRoi } from '../pipelines/imaging/radiomics/roi.js';
import { runJobs } from '../pipelines/index.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const shared = process.env.THORACLE_SHARED_DATA ?? path.join(root, '..', 'shared', 'data');
const patient = path.join(shared, 'nsclc-radiomics-lung1-001');
const [ct, structureSet] = [path.join(patient, 'image'), path.join(patient, 'mask_rtstruct')];

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const ms = (value: number) => value.toFixed(1).padStart(8);

/** Runs a program on the first core alone, where the system can say so. */
function onOneCore(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  const env = { ...process.env, OMP_NUM_THREADS: '1', ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS: '1' };
  const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  const [program, ...rest] = pinned ? ['taskset', '-c', '0', command, ...args] : [command, ...args];
  return spawnSync(program as string, rest, { encoding: 'utf8', env, maxBuffer: 1 << 26 });
}

/** Milliseconds of each step in this process, which has done nothing before. */
async function budget(): Promise<Record<string, number>> {
  const steps: Record<string, number> = { 'start and modules': process.uptime() * 1000 };
  let from = performance.now();
  const lap = (name: string) => {
    steps[name] = performance.now() - from;
    from = performance.now();
  };
  const { volume } = await openImage(ct);
  lap('read');
  const { mask } = await openMask(structureSet, { volume, roi: 'GTV-1' });
  lap('mask');
  const box = boundingBox(mask.voxels, mask.size);
  if (box === undefined) throw new Error('the region is empty');
  const roi = cropRoi(volume, mask.voxels, box);
  lap('crop');
  greyLevels(roi, defaultSettings);
  lap('grey levels');
  for (const family of families) {
    const names = chosenFeatures(family, defaultSettings);
    if (names.length === 0) continue;
    family.measure(roi, defaultSettings, names);
    lap(`${family.name} (${names.length})`);
  }
  return steps;
}

function printBudget(): void {
  const runs = Array.from({ length: 5 }, () => {
    const { stdout, stderr, status } = onOneCore(process.execPath, [fileURLToPath(import.meta.url), '--budget']);
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Record<string, number>;
  });
  console.log('Budget of a fresh process on one core, ms, median of 5:');
  let sum = 0;
  for (const name of Object.keys(runs[0] ?? {})) {
    const value = median(runs.map((run) => run[name] as number));
    sum += value;
    console.log(`  ${name.padEnd(20)} ${ms(value)}`);
  }
  console.log(`  ${'sum'.padEnd(20)} ${ms(sum)}`);
}

/** An ellipsoid in noise, from integer arithmetic, with about `voxels` voxels inside. */
function ellipsoid(voxels: number): Parameters<typeof measure> {
  const radius = ((voxels * 3) / (4 * Math.PI)) ** (1 / 3);
  const n = 2 * Math.ceil(radius) + 3;
  const size = [n, n, n] as const;
  const volume = new Int16Array(n ** 3);
  const mask = new Uint8Array(n ** 3);
  const middle = (n - 1) / 2;
  let state = 12345;
  for (let i = 0; i < volume.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    volume[i] = ((state >> 16) % 1500) - 1000;
    const [x, y, z] = [i % n, Math.floor(i / n) % n, Math.floor(i / (n * n))];
    mask[i] = (x - middle) ** 2 + (y - middle) ** 2 + (z - middle) ** 2 <= radius ** 2 ? 1 : 0;
  }
  const indexToLps = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  return [
    { voxels: volume, size, indexToLps },
    { voxels: mask, size, indexToLps, label: 'ball' },
  ];
}

function printGrowth(): void {
  console.log('\nGrowth with the number of voxels (a ball in noise; warm, ms, median of 5):');
  const names = families.map((f) => f.name).filter((name) => defaultSettings.features[name] !== undefined);
  console.log(`  ${'voxels'.padStart(8)} ${[...names, 'all', 'us/voxel'].map((n) => n.padStart(10)).join('')}`);
  for (const factor of [1, 2, 4, 8]) {
    const [volume, mask] = ellipsoid(50_000 * factor);
    const runs = Array.from({ length: 6 }, () => {
      const box = boundingBox(mask.voxels, mask.size);
      if (box === undefined) throw new Error('the region is empty');
      const roi = cropRoi(volume, mask.voxels, box);
      return names.map((name) => {
        const family = families.find((f) => f.name === name);
        const start = performance.now();
        family?.measure(roi, defaultSettings, chosenFeatures(family, defaultSettings));
        return performance.now() - start;
      });
    }).slice(1);
    const each = names.map((_, k) => median(runs.map((run) => run[k] as number)));
    const all = each.reduce((a, b) => a + b, 0);
    const voxels = mask.voxels.reduce((a, b) => a + b, 0);
    const cells = [...each, all, (all / voxels) * 1000].map((v) => v.toFixed(v < 10 ? 2 : 1).padStart(10));
    console.log(`  ${String(voxels).padStart(8)} ${cells.join('')}`);
  }
}

/** A Python with PyRadiomics, or why there is none. */
function peerPython(): { readonly python: string } | { readonly reason: string } {
  const named = process.env.THORACLE_PEERS_PYTHON;
  if (named !== undefined) return { python: named };
  const folder = path.join(root, 'node_modules', '.cache', 'pyradiomics');
  const python = path.join(folder, 'bin', 'python');
  const works = () => spawnSync(python, ['-c', 'import radiomics, SimpleITK']).status === 0;
  if (existsSync(python) && works()) return { python };
  const steps = [
    ['python3', ['-m', 'venv', folder]],
    [python, ['-m', 'pip', 'install', '--quiet', 'numpy', 'SimpleITK', 'pyradiomics==3.0.1']],
  ] as const;
  for (const [command, args] of steps) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) return { reason: `${command} ${args.join(' ')}: ${stderr?.trim().split('\n').at(-1) ?? ''}` };
  }
  return works() ? { python } : { reason: 'PyRadiomics does not load in the Python that pip installed it for' };
}

interface PeerTimes {
  readonly version: string;
  readonly features: number;
  readonly count: number;
}

async function printPeer(folder: string): Promise<void> {
  const peer = peerPython();
  if ('reason' in peer) {
    console.log(`\nPyRadiomics left out: ${peer.reason}`);
    return;
  }
  const { volume } = await openImage(ct);
  const { mask } = await openMask(structureSet, { volume, roi: 'GTV-1' });
  // It cannot read structure sets: it gets the same voxels as uncompressed NIfTI, which is the fastest file to read.
  const files = [path.join(folder, 'ct.nii'), path.join(folder, 'mask.nii')] as const;
  writeFileSync(files[0], gunzipSync(writeNifti(volume)));
  writeFileSync(files[1], gunzipSync(writeNifti(mask)));
  const script = path.join(root, 'bench', 'peers', 'pyradiomics-speed.py');
  const cli = [path.join(root, 'bin', 'thoracle.js'), 'radiomics', ct, structureSet, '--roi', 'GTV-1', '--json'];
  const [theirs, theirTotal, ours, ourTotal]: [PeerTimes[], number[], number[], number[]] = [[], [], [], []];
  for (let k = 0; k < 3; k++) {
    let start = performance.now();
    const python = onOneCore(peer.python, [script, ...files]);
    theirTotal.push((performance.now() - start) / 1000);
    if (python.status !== 0) throw new Error(python.stderr);
    theirs.push(JSON.parse(python.stdout.trim().split('\n').at(-1) as string) as PeerTimes);
    start = performance.now();
    const own = onOneCore(process.execPath, cli);
    ourTotal.push((performance.now() - start) / 1000);
    if (own.status !== 0) throw new Error(own.stderr);
    const measured = onOneCore(process.execPath, [fileURLToPath(import.meta.url), '--measure', ...files]);
    ours.push(Number(measured.stdout) / 1000);
  }
  const line = (what: string, a: number, b: number) =>
    console.log(`  ${what.padEnd(34)} ${a.toFixed(3)} s   ${b.toFixed(3)} s   ${(a / b).toFixed(1)} x`);
  console.log(
    `\nPyRadiomics ${theirs[0]?.version} and this, one core each, ${theirs[0]?.count} features, median of 3:`,
  );
  line('features (first call, diagnostics)', median(theirs.map((t) => t.features)), median(ours));
  line('whole process (theirs from NIfTI)', median(theirTotal), median(ourTotal));
}

async function printCohort(patients: number): Promise<void> {
  const ctFiles = readdirSync(ct).map((name) => path.join(ct, name));
  const segmentationFile = path.join(structureSet, readdirSync(structureSet)[0] as string);
  const jobs = Array.from({ length: patients }, (_, k) => ({
    stage: 'imaging' as const,
    from: 'dicom' as const,
    subject: `P${k}`,
    wholeFile: false,
    input: { patientId: `P${k}`, ctFiles, segmentationFile, roi: 'GTV-1' },
    settings: defaultSettings,
  }));
  const workerFile = fileURLToPath(new URL('../pipelines/worker.js', import.meta.url));
  console.log(`\nImaging stage of ${patients} patients (pictures and NIfTI of CT and mask included):`);
  const seconds: number[] = [];
  for (const workers of [1, 2]) {
    const start = performance.now();
    const summary = await runJobs(jobs, { workers, workerFile, onResult: () => undefined });
    seconds.push((performance.now() - start) / 1000);
    const failed = summary.imaging?.failed.length ?? 0;
    const peak = process.resourceUsage().maxRSS / 1024;
    console.log(
      `  ${workers} worker(s): ${seconds.at(-1)?.toFixed(1)} s, ${failed} failed, peak memory ${peak.toFixed(0)} MiB`,
    );
  }
  console.log(`  2 workers are ${((seconds[0] as number) / (seconds[1] as number)).toFixed(2)} x as fast as 1`);
  console.log(`  the volume in float32: ${((512 * 512 * 134 * 4) / 2 ** 20).toFixed(0)} MiB`);
}

if (process.argv.includes('--budget')) {
  console.log(JSON.stringify(await budget()));
} else if (process.argv.includes('--measure')) {
  const [image, label] = process.argv.slice(-2) as [string, string];
  const { volume } = await openImage(image);
  const { mask } = await openMask(label, { volume });
  const start = performance.now();
  measure(volume, mask);
  console.log(performance.now() - start);
} else {
  printGrowth();
  if (!existsSync(ct)) {
    console.log(`\nThe rest left out: ${ct} is not there (THORACLE_SHARED_DATA names the folder)`);
  } else {
    printBudget();
    const at = process.argv.indexOf('--patients');
    const patients = at < 0 ? 100 : Number(process.argv[at + 1]);
    const folder = mkdtempSync(path.join(tmpdir(), 'thoracle-bench-'));
    try {
      await printPeer(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
    if (patients > 0) await printCohort(patients);
  }
}
