/**
 * PCA: the size of the public cohort, and 1,000 patients x 22,000 genes on each backend; beside scikit-learn on the same
 * cores (time on the clock, and of the processor, which other programs disturb less) when THORACLE_PEERS_PYTHON names a Python that has it. THORACLE_BENCH_GPU=1 adds WebGPU: crossover and 4,000 x 22,000.
 */
import { execFileSync } from 'node:child_process';
import { cpuBackend, fitPca, type MatrixBackend, openLapackBackend, openWebGpuBackend } from '../training/index.js';

/** Values of a few latent factors and noise, from integer arithmetic: the same on every machine. */
function matrixOf(n: number, p: number): { rows: Float64Array; n: number; p: number } {
  const rows = new Float64Array(n * p);
  let state = 12345;
  for (let i = 0; i < rows.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    const factor = ((Math.floor(i / p) * 7919) % 101) / 101 - 0.5;
    rows[i] = state / 2 ** 31 - 0.5 + factor * (((i % p) * 31) % 17) * 0.05;
  }
  return { rows, n, p };
}

function seconds(work: () => unknown): number {
  return times(work).clock;
}

/** Seconds on the clock, and of the processor over all threads. */
interface Times {
  readonly clock: number;
  readonly cpu: number;
}

function times(work: () => unknown): Times {
  const start = performance.now();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return { clock: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

function textOf({ clock, cpu }: Times): string {
  return `${clock.toFixed(1)} s on the clock, ${cpu.toFixed(1)} s of the processor`;
}

function backendOr(open: () => MatrixBackend): MatrixBackend | undefined {
  try {
    return open();
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

const small = matrixOf(119, 215);
const runs = Array.from({ length: 40 }, () => times(() => fitPca(small, { varianceShare: 0.95 })));
const middle = (of: (t: Times) => number): string => {
  const sorted = runs.map(of).sort((a, b) => a - b);
  return ((sorted[sorted.length >> 1] ?? 0) * 1000).toFixed(1);
};
console.log(
  `119 x 215 to 95 % of the variance: median ${middle((t) => t.clock)} ms on the clock, ${middle((t) => t.cpu)} ms of the processor, of ${runs.length}; first ${((runs[0]?.clock ?? 0) * 1000).toFixed(1)} ms`,
);

const large = matrixOf(1000, 22_000);
const lapack = backendOr(openLapackBackend);
const found = new Map<string, Times>();
for (const backend of [cpuBackend, lapack]) {
  if (backend === undefined) continue;
  const time = times(() => fitPca(large, { components: 200 }, { backend, solver: 'gram' }));
  found.set(backend.name, time);
  console.log(`1,000 x 22,000 to 200 components, ${backend.name} (${backend.description}): ${textOf(time)}`);
}

const peer = `
import time, numpy as np
from sklearn.decomposition import PCA
x = np.random.default_rng(0).standard_normal((1000, 22000))
for solver in ('full', 'auto'):
    start, cpu = time.perf_counter(), time.process_time()
    PCA(n_components=200, svd_solver=solver).fit(x)
    print(time.perf_counter() - start, time.process_time() - cpu)
small = x[:119, :215]
runs = []
for _ in range(40):
    start, cpu = time.perf_counter(), time.process_time()
    PCA(n_components=0.95, svd_solver='full').fit(small)
    runs.append((time.perf_counter() - start, time.process_time() - cpu))
print(*(sorted(run[k] for run in runs)[20] for k in (0, 1)))
`;
const python = process.env.THORACLE_PEERS_PYTHON;
if (python === undefined) console.log('scikit-learn is left out: THORACLE_PEERS_PYTHON names no Python that has it');
else {
  const { OPENBLAS_CORETYPE: _type, OPENBLAS_L2_SIZE: _size, ...env } = process.env;
  const lines = execFileSync(python, ['-c', peer], { encoding: 'utf8', env }).trim().split('\n');
  for (const [k, what] of ['full', 'auto: randomised'].entries()) {
    const [clock = Number.NaN, cpu = Number.NaN] = (lines[k] ?? '').split(' ').map(Number);
    console.log(`1,000 x 22,000 to 200 components, scikit-learn (${what}): ${textOf({ clock, cpu })}`);
    for (const [name, time] of found) {
      console.log(
        `  ${name} / scikit-learn: ${(time.clock / clock).toFixed(2)} on the clock, ${(time.cpu / cpu).toFixed(2)} of the processor`,
      );
    }
  }
  const [clock = Number.NaN, cpu = Number.NaN] = (lines[2] ?? '').split(' ').map((text) => 1000 * Number(text));
  console.log(
    `119 x 215, scikit-learn (full): median ${clock.toFixed(1)} ms on the clock, ${cpu.toFixed(1)} ms of the processor`,
  );
}

if (process.env.THORACLE_BENCH_GPU === '1') {
  const gpu = backendOr(openWebGpuBackend);
  if (gpu !== undefined) compareWithGpu(gpu);
}

function compareWithGpu(gpu: MatrixBackend): void {
  console.log(`GPU: ${gpu.description}`);
  fitPca(small, { components: 10 }, { backend: gpu });
  for (const [n, p] of [
    [119, 215],
    [250, 2000],
    [500, 5000],
    [1000, 22_000],
  ] as const) {
    const matrix = matrixOf(n, p);
    const cpu = seconds(() => fitPca(matrix, { components: 50 }, { solver: 'randomised' }));
    const onGpu = seconds(() => fitPca(matrix, { components: 50 }, { solver: 'randomised', backend: gpu }));
    console.log(
      `${n} x ${p} to 50: cpu ${cpu.toFixed(2)} s, webgpu ${onGpu.toFixed(2)} s, cpu / webgpu ${(cpu / onGpu).toFixed(1)}`,
    );
  }
  const huge = matrixOf(4000, 22_000);
  const cpu = seconds(() => fitPca(huge, { components: 200 }, { solver: 'randomised' }));
  const onGpu = seconds(() => fitPca(huge, { components: 200 }, { solver: 'randomised', backend: gpu }));
  console.log(
    `4,000 x 22,000 to 200: cpu ${cpu.toFixed(1)} s, webgpu ${onGpu.toFixed(1)} s, cpu / webgpu ${(cpu / onGpu).toFixed(1)}`,
  );
  const [m, k] = [4096, 22_000];
  const product = matrixOf(m, k).rows;
  gpu.gram(product, m, k);
  const time = seconds(() => gpu.gram(product, m, k));
  console.log(
    `product ${m} x ${k} by its transpose: ${((2 * m * m * k) / time / 1e12).toFixed(2)} TFLOP/s with the transfer of the result`,
  );
  gpu.close();
}
