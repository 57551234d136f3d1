/**
 * Radiomics on patient LUNG1-001, region GTV-1: the budget per step in a fresh process, growth with the number of voxels,
 * PyRadiomics 3.0.1 on the same case and settings with one core each, and a cohort on one and two workers.
 * PyRadiomics comes from THORACLE_PEERS_PYTHON, or is installed into node_modules/.cache/pyradiomics when pip answers.
 * `--patients N`: size of the cohort (that patient N times), 100 unless said; 0 leaves it out.
 */
import { spawnSync } from 'node:child_process';
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
import { onOneCore, type PeerTimes, peerPython, peerScript } from './peers/peer-python.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const shared = process.env.THORACLE_SHARED_DATA ?? path.join(root, '..', 'shared', 'data');
const patient = path.join(shared, 'nsclc-radiomics-lung1-001');
const [ct, structureSet] = [path.join(patient, 'image'), path.join(patient, 'mask_rtstruct')];

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const ms = (value: number) => value.toFixed(1).padStart(8);

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

/** s of the call alone, on the clock and of the processor. */
type OwnTimes = Pick<PeerTimes, 'features' | 'cpu'>;

async function printPeer(folder: string): Promise<void> {
  const peer = peerPython(root);
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
  const [theirs, theirTotal, ours, ourTotal]: [PeerTimes[], number[], OwnTimes[], number[]] = [[], [], [], []];
  for (let k = 0; k < 3; k++) {
    let start = performance.now();
    theirs.push(peerScript(peer.python, script, files));
    theirTotal.push((performance.now() - start) / 1000);
    start = performance.now();
    const own = onOneCore(process.execPath, cli);
    ourTotal.push((performance.now() - start) / 1000);
    if (own.status !== 0) throw new Error(own.stderr);
    const measured = onOneCore(process.execPath, [fileURLToPath(import.meta.url), '--measure', ...files]);
    ours.push(JSON.parse(measured.stdout) as OwnTimes);
  }
  const line = (what: string, a: number, b: number) =>
    console.log(`  ${what.padEnd(34)} ${a.toFixed(3)} s   ${b.toFixed(3)} s   ${(a / b).toFixed(1)} x`);
  console.log(
    `\nPyRadiomics ${theirs[0]?.version} and this, one core each, ${theirs[0]?.count} features, median of 3:`,
  );
  for (const [what, key] of [
    ['features (first call, diagnostics)', 'features'],
    ['the same, processor time', 'cpu'],
  ] as const) {
    line(what, median(theirs.map((t) => t[key])), median(ours.map((t) => t[key])));
  }
  line('whole process (theirs from NIfTI)', median(theirTotal), median(ourTotal));
}

interface CohortRun {
  readonly seconds: number;
  /** Processor time of all threads, s. */
  readonly cpu: number;
  readonly failed: number;
  /** Most memory that the process held at a time, MiB. */
  readonly peakMiB: number;
}

/** The cohort in this process, which has done nothing before. */
async function cohort(patients: number, workers: number): Promise<CohortRun> {
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
  const start = performance.now();
  const summary = await runJobs(jobs, { workers, workerFile, onResult: () => undefined });
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    seconds: (performance.now() - start) / 1000,
    cpu: (userCPUTime + systemCPUTime) / 1e6,
    failed: summary.imaging?.failed.length ?? 0,
    peakMiB: maxRSS / 1024,
  };
}

/** Each number of workers has a process of its own, so that one does not inherit the other's memory. */
function printCohort(patients: number): void {
  console.log(`\nImaging stage of ${patients} patients (pictures and NIfTI of CT and mask included):`);
  const volumeMiB = (512 * 512 * 134 * 4) / 2 ** 20;
  const [one, two] = [1, 2].map((workers) => {
    const self = [fileURLToPath(import.meta.url), '--cohort', String(patients), String(workers)];
    const { status, stdout, stderr } = spawnSync(process.execPath, self, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const run = JSON.parse(stdout) as CohortRun;
    console.log(
      `  ${workers} worker(s): ${run.seconds.toFixed(1)} s, of the processor ${run.cpu.toFixed(1)} s, ${run.failed} failed, peak ${run.peakMiB.toFixed(0)} MiB`,
    );
    return run;
  }) as [CohortRun, CohortRun];
  console.log(`  2 workers are ${(one.seconds / two.seconds).toFixed(2)} x as fast as 1`);
  console.log(`  one more worker takes ${(two.peakMiB - one.peakMiB).toFixed(0)} MiB more`);
  console.log(
    `  the volume in float32 is ${volumeMiB.toFixed(0)} MiB; three times that ${(3 * volumeMiB).toFixed(0)} MiB`,
  );
}

if (process.argv.includes('--budget')) {
  console.log(JSON.stringify(await budget()));
} else if (process.argv.includes('--cohort')) {
  const [patients, workers] = process.argv.slice(-2).map(Number) as [number, number];
  console.log(JSON.stringify(await cohort(patients, workers)));
} else if (process.argv.includes('--measure')) {
  const [image, label] = process.argv.slice(-2) as [string, string];
  const { volume } = await openImage(image);
  const { mask } = await openMask(label, { volume });
  const [start, used] = [performance.now(), process.cpuUsage()];
  measure(volume, mask);
  const { user, system } = process.cpuUsage(used);
  console.log(JSON.stringify({ features: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 }));
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
    if (patients > 0) printCohort(patients);
  }
}
