import koffi, { type LibraryHandle } from 'koffi';
import { trainingError } from '../../errors.js';

/** The Fortran routines of BLAS and LAPACK (32-bit integers), as every build of them exports them. */
export interface LapackRoutines {
  /** File or loader name of the library, or of both when BLAS and LAPACK are apart. */
  readonly path: string;
  dgemm(...args: readonly unknown[]): void;
  dsyrk(...args: readonly unknown[]): void;
  dsyevd(...args: readonly unknown[]): void;
}

/** One library with both, or a LAPACK and the BLAS beside it. */
type Candidate = readonly [lapack: string, blas: string];

const systemCandidates: Readonly<Partial<Record<NodeJS.Platform, readonly Candidate[]>>> = {
  darwin: [
    [
      '/System/Library/Frameworks/Accelerate.framework/Accelerate',
      '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    ],
  ],
  win32: [['libopenblas.dll', 'libopenblas.dll']],
};
const unixCandidates: readonly Candidate[] = [
  ['libopenblas.so.0', 'libopenblas.so.0'],
  ['libmkl_rt.so.2', 'libmkl_rt.so.2'],
  ['liblapack.so.3', 'libblas.so.3'],
];

const text = 'const char *';
const integer = 'const int *';
const number = 'const double *';
const declarations = {
  dgemm: [text, text, integer, integer, integer, number, number, integer, number, integer, number, 'double *', integer],
  dsyrk: [text, text, integer, integer, number, number, integer, number, 'double *', integer],
  dsyevd: [
    text,
    text,
    integer,
    'double *',
    integer,
    'double *',
    'double *',
    integer,
    'int *',
    integer,
    koffi.out('int *'),
  ],
} as const;

/**
 * Finds BLAS and LAPACK: the library that THORACLE_LAPACK names and no other, else OpenBLAS, MKL or the system's.
 * @throws TrainingError TRAIN_BACKEND_UNAVAILABLE naming what was tried
 */
export function loadLapack(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): LapackRoutines {
  const named = env.THORACLE_LAPACK;
  const candidates: readonly Candidate[] =
    named !== undefined && named !== '' ? [[named, named]] : (systemCandidates[platform] ?? unixCandidates);
  const tried: string[] = [];
  for (const [lapack, blas] of candidates) {
    try {
      return routinesOf(lapack, blas);
    } catch (error) {
      tried.push(`${lapack}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw trainingError(
    'TRAIN_BACKEND_UNAVAILABLE',
    'lapack',
    `no LAPACK was found (Debian: libopenblas0; or set THORACLE_LAPACK to a library). Tried: ${tried.join('; ')}`,
  );
}

function routinesOf(lapack: string, blas: string): LapackRoutines {
  const lapackLibrary = koffi.load(lapack);
  const blasLibrary = blas === lapack ? lapackLibrary : koffi.load(blas);
  const routine = (library: LibraryHandle, name: keyof typeof declarations) =>
    library.func(`${name}_`, 'void', [...declarations[name]]) as (...args: readonly unknown[]) => void;
  return {
    path: blas === lapack ? lapack : `${lapack} and ${blas}`,
    dgemm: routine(blasLibrary, 'dgemm'),
    dsyrk: routine(blasLibrary, 'dsyrk'),
    dsyevd: routine(lapackLibrary, 'dsyevd'),
  };
}
