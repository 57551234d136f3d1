/**
 * How far each PCA back end and solver is from scikit-learn on the recorded matrices, as CSV on stdout: the largest difference
 * of a variance, the sine of the largest angle between spaces of components, the largest difference of a reconstruction. WebGPU
 * takes part with THORACLE_BENCH_GPU=1. `node dist/bench/pca-agreement.js > docs/pca-agreement.csv`
 */

import { readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { cpuBackend, type MatrixBackend, openLapackBackend, openWebGpuBackend } from '../training/index.js';
import { disagreement, type SolverCase } from '../training/test/pca-agreement.js';

const text = readFileSync(new URL('../../training/reference/pca-solvers.json', import.meta.url), 'utf8');
const { header, cases } = JSON.parse(text) as {
  readonly header: { readonly source: string };
  readonly cases: readonly SolverCase[];
};

function backendOr(open: () => MatrixBackend): readonly MatrixBackend[] {
  try {
    return [open()];
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return [];
  }
}

const backends = [
  cpuBackend,
  ...backendOr(openLapackBackend),
  ...(process.env.THORACLE_BENCH_GPU === '1' ? backendOr(openWebGpuBackend) : []),
];
const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
console.log(`# reference: ${header.source} (training/reference/pca-solvers.json)`);
console.log(
  `# made: node dist/bench/pca-agreement.js, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${platform()} ${arch()}`,
);
console.log('backend,description,solver,case,rows,columns,rank,tolerance,variance,angle,reconstruction');
let worst = 0;
for (const backend of backends) {
  const tolerance = backend.name === 'webgpu' ? 1e-4 : 1e-10;
  for (const solver of ['full', 'gram', 'randomised'] as const) {
    // The solver "full" computes on the CPU, whatever the back end.
    if (solver === 'full' && backend.name !== 'cpu') continue;
    for (const reference of cases) {
      const found = disagreement(reference, solver, backend);
      const numbers = [found.variance, found.angle, found.reconstruction];
      worst = Math.max(worst, ...numbers.map((value) => value / tolerance));
      const words = [backend.name, quoted(backend.description), solver, reference.name];
      console.log(
        [...words, reference.n, reference.p, reference.rank, tolerance, ...numbers.map((v) => v.toExponential(1))].join(
          ',',
        ),
      );
    }
  }
  backend.close();
}
if (worst >= 1) throw new Error(`An agreement is ${worst.toFixed(1)} times its tolerance`);
