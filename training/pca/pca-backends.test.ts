import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cpuBackend, type MatrixBackend, openBackend, openLapackBackend, symmetricEigen } from '../compute/index.js';
import { type Disagreement, disagreement, type SolverCase } from '../test/pca-agreement.js';
import { referenceCases } from '../test/reference.js';
import { fitPca, type PcaSolver, projectOnComponents, rowsFromScores } from './index.js';

const cases = referenceCases<readonly SolverCase[]>('pca-solvers.json');

function expectAgreement(found: Disagreement, reference: SolverCase, tolerance: number): void {
  expect(found.rank).toBe(reference.rank);
  expect(found.variance).toBeLessThan(tolerance);
  expect(found.angle).toBeLessThan(tolerance);
  expect(found.reconstruction).toBeLessThan(tolerance);
}

function lapackOr(reason: (text: string) => void): MatrixBackend | undefined {
  try {
    return openLapackBackend();
  } catch (error) {
    reason(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

let noLapack = '';
const lapack = lapackOr((text) => {
  noLapack = text;
});
const sides: readonly (readonly [string, MatrixBackend | undefined])[] = [
  ['cpu', cpuBackend],
  [lapack === undefined ? `lapack [skipped: ${noLapack}]` : 'lapack', lapack],
];
const solvers: readonly PcaSolver[] = ['full', 'gram', 'randomised'];

describe.each(sides)('%s against scikit-learn', (_name, backend) => {
  describe.skipIf(backend === undefined).each(solvers)('%s', (solver) => {
    test.each(cases)('$name: within 1e-10', (reference) => {
      expectAgreement(disagreement(reference, solver, backend ?? cpuBackend), reference, 1e-10);
    });
  });
});

const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
const program = `
  import { readFileSync } from 'node:fs';
  import { openWebGpuBackend } from './dist/training/index.js';
  import { disagreement } from './dist/training/test/pca-agreement.js';
  const { cases } = JSON.parse(readFileSync('training/reference/pca-solvers.json', 'utf8'));
  const backend = openWebGpuBackend();
  const found = ['gram', 'randomised'].map((solver) => cases.map((reference) => disagreement(reference, solver, backend)));
  backend.close();
  console.log(JSON.stringify({ device: backend.description, found }));
`;

const noGpu = existsSync(swiftShader)
  ? ''
  : ` [skipped: no software GPU at ${swiftShader}; Debian's chromium brings it]`;

describe.skipIf(noGpu !== '')(`webgpu (software driver) against scikit-learn${noGpu}`, () => {
  test('every case, Gram and randomised: within 1e-4', () => {
    // The loader reads these when the process starts: hence one of its own.
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      encoding: 'utf8',
      env: { ...process.env, VK_ICD_FILENAMES: swiftShader, LD_LIBRARY_PATH: '/usr/lib/chromium' },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 50_000,
    });
    const { device, found } = JSON.parse(output) as { device: string; found: readonly (readonly Disagreement[])[] };
    expect(device).toMatch(/swiftshader/i);
    expect(found).toHaveLength(2);
    for (const solver of found) {
      for (const [k, reference] of cases.entries()) {
        // Rank is decided by float64 rounding, which float32 products do not have.
        const got = { ...(solver[k] as Disagreement), rank: reference.rank };
        expectAgreement(got, reference, 1e-4);
      }
    }
  });
});

describe('what is fitted', () => {
  const reference = cases[0] as SolverCase;
  const matrix = { rows: Float64Array.from(reference.values), n: reference.n, p: reference.p };

  test.each(solvers)('%s never holds more components than were asked for', (solver) => {
    const fit = fitPca(matrix, { components: 3 }, { solver });
    expect(fit.components).toHaveLength(3);
    expect(fit.solver).toBe(solver);
  });

  test('all components bring every row back', () => {
    const fit = fitPca(matrix, { components: reference.rank });
    const back = rowsFromScores(fit, projectOnComponents(fit, matrix));
    for (const [i, value] of matrix.rows.entries()) expect(back[i]).toBeCloseTo(value, 9);
  });

  test('the randomised solver gives the same bytes for the same seed and refuses a variance share', () => {
    const seeded = () => fitPca(matrix, { components: 2 }, { solver: 'randomised', seed: 5 });
    expect(seeded()).toEqual(seeded());
    expect(() => fitPca(matrix, { varianceShare: 0.9 }, { solver: 'randomised' })).toThrow(
      'a variance share with the solver "randomised"',
    );
  });

  test('scores and rows of another width are refused', () => {
    const fit = fitPca(matrix, { components: 2 });
    expect(() => projectOnComponents(fit, { rows: new Float64Array(3), n: 1, p: 3 })).toThrow('was fitted on 7');
    expect(() => rowsFromScores(fit, new Float64Array(3))).toThrow('A row of scores has 3 values but 2 were expected');
  });
});

describe('the choice of a backend', () => {
  test('small matrices stay on the CPU, and the reason says so', () => {
    const { backend, reason } = openBackend('auto', 119, 215);
    expect(backend.name).toBe('cpu');
    expect(reason).toBe('cpu: 119 x 215 is small');
  });

  test('large ones take LAPACK where there is one', () => {
    const { backend, reason } = openBackend('auto', 2000, 22000);
    expect(backend.name).toBe(lapack === undefined ? 'cpu' : 'lapack');
    expect(reason).toContain('2000 x 22000 is large');
  });

  test('an unknown one is refused, and so is a LAPACK that does not exist', () => {
    expect(() => openBackend('cuda', 10, 10)).toThrow(
      'There is no PCA backend "cuda"; expected one of auto, cpu, lapack, webgpu',
    );
    const before = process.env.THORACLE_LAPACK;
    process.env.THORACLE_LAPACK = '/nowhere/liblapack.so';
    try {
      expect(() => openBackend('lapack', 10, 10)).toThrow('no LAPACK was found');
    } finally {
      if (before === undefined) delete process.env.THORACLE_LAPACK;
      else process.env.THORACLE_LAPACK = before;
    }
  });
});

describe('symmetricEigen', () => {
  test('a matrix that holds NaN is refused', () => {
    expect(() => symmetricEigen(Float64Array.of(1, Number.NaN, Number.NaN, 2), 2)).toThrow('does not converge');
  });

  test('a diagonal matrix is its own answer', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(1, 0, 0, 0, 3, 0, 0, 0, 2), 3);
    expect([...values]).toEqual([3, 2, 1]);
    expect([...vectors]).toEqual([0, 1, 0, 0, 0, 1, 1, 0, 0]);
  });
});
