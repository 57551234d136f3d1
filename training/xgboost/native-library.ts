import koffi, { type LibraryHandle } from 'koffi';
import { packageRoot } from '../../package-facts.js';
import { TrainingError, trainingError } from '../errors.js';
import { companionsOf, type LibraryCandidate, libraryCandidates, type SearchPlaces } from './library-paths.js';

/** A handle of the C library (a pointer). */
export type Handle = bigint;

/** Out-parameter: the callee fills position 0. */
export type Out<T> = [T | null];

/**
 * The C functions this binding uses, as declared in `xgboost/c_api.h` (the same from 1.7 to 3.x).
 * `bst_ulong` is uint64. Each returns a status, which is checked by the wrapper: no unchecked form is exported.
 */
const declarations = {
  XGDMatrixCreateFromDense: ['str', 'str', koffi.out('void **')],
  XGDMatrixSetFloatInfo: ['void *', 'str', 'const float *', 'uint64'],
  XGDMatrixGetFloatInfo: ['void *', 'str', koffi.out('uint64 *'), koffi.out('void **')],
  XGDMatrixSetStrFeatureInfo: ['void *', 'str', 'const char **', 'uint64'],
  XGDMatrixFree: ['void *'],
  XGBoosterCreate: ['void **', 'uint64', koffi.out('void **')],
  XGBoosterFree: ['void *'],
  XGBoosterSetParam: ['void *', 'str', 'str'],
  XGBoosterUpdateOneIter: ['void *', 'int', 'void *'],
  XGBoosterEvalOneIter: ['void *', 'int', 'void **', 'const char **', 'uint64', koffi.out('const char **')],
  XGBoosterPredictFromDMatrix: [
    'void *',
    'void *',
    'str',
    koffi.out('void **'),
    koffi.out('uint64 *'),
    koffi.out('void **'),
  ],
  XGBoosterSaveModelToBuffer: ['void *', 'str', koffi.out('uint64 *'), koffi.out('void **')],
  XGBoosterLoadModelFromBuffer: ['void *', 'const uint8 *', 'uint64'],
  XGBoosterUnserializeFromBuffer: ['void *', 'const uint8 *', 'uint64'],
  XGBoosterSaveJsonConfig: ['void *', koffi.out('uint64 *'), koffi.out('const char **')],
  XGBoosterBoostedRounds: ['void *', koffi.out('int *')],
  XGBoosterSetStrFeatureInfo: ['void *', 'str', 'const char **', 'uint64'],
  XGBoosterFeatureScore: [
    'void *',
    'str',
    koffi.out('uint64 *'),
    koffi.out('void **'),
    koffi.out('uint64 *'),
    koffi.out('void **'),
    koffi.out('void **'),
  ],
  XGBoosterSlice: ['void *', 'int', 'int', 'int', koffi.out('void **')],
} as const;

export interface XGBoostFunctions {
  XGDMatrixCreateFromDense(data: string, config: string, out: Out<Handle>): void;
  XGDMatrixSetFloatInfo(handle: Handle, field: string, values: Float32Array, length: number): void;
  XGDMatrixGetFloatInfo(handle: Handle, field: string, length: Out<number>, values: Out<Handle>): void;
  XGDMatrixSetStrFeatureInfo(handle: Handle, field: string, values: readonly string[], length: number): void;
  XGDMatrixFree(handle: Handle): void;
  XGBoosterCreate(matrices: readonly Handle[], length: number, out: Out<Handle>): void;
  XGBoosterFree(handle: Handle): void;
  XGBoosterSetParam(handle: Handle, name: string, value: string): void;
  XGBoosterUpdateOneIter(handle: Handle, round: number, train: Handle): void;
  XGBoosterEvalOneIter(
    handle: Handle,
    round: number,
    matrices: readonly Handle[],
    names: readonly string[],
    length: number,
    out: Out<string>,
  ): void;
  XGBoosterPredictFromDMatrix(
    handle: Handle,
    matrix: Handle,
    config: string,
    shape: Out<Handle>,
    dimensions: Out<number>,
    result: Out<Handle>,
  ): void;
  XGBoosterSaveModelToBuffer(handle: Handle, config: string, length: Out<number>, data: Out<Handle>): void;
  XGBoosterLoadModelFromBuffer(handle: Handle, data: Uint8Array, length: number): void;
  XGBoosterUnserializeFromBuffer(handle: Handle, data: Uint8Array, length: number): void;
  XGBoosterSaveJsonConfig(handle: Handle, length: Out<number>, text: Out<string>): void;
  XGBoosterBoostedRounds(handle: Handle, out: Out<number>): void;
  XGBoosterSetStrFeatureInfo(handle: Handle, field: string, values: readonly string[], length: number): void;
  XGBoosterFeatureScore(
    handle: Handle,
    config: string,
    features: Out<number>,
    names: Out<Handle>,
    dimensions: Out<number>,
    shape: Out<Handle>,
    scores: Out<Handle>,
  ): void;
  XGBoosterSlice(handle: Handle, begin: number, end: number, step: number, out: Out<Handle>): void;
}

/** A loaded libxgboost: every function checks its status and throws TRAIN_XGBOOST_FAILED in the library's own words. */
export interface NativeLibrary {
  /** File or loader name it was loaded from. */
  readonly path: string;
  readonly source: LibraryCandidate['source'];
  /** `major.minor.patch`. */
  readonly version: string;
  readonly call: XGBoostFunctions;
}

/**
 * Finds and loads libxgboost (order of the search: see `libraryCandidates`).
 * @throws TrainingError TRAIN_XGBOOST_NOT_FOUND naming what was tried, TRAIN_XGBOOST_VERSION when a library named by
 *   THORACLE_XGBOOST is outside 1.7 to 3.x
 */
export function loadNativeLibrary(places: Partial<SearchPlaces> = {}): NativeLibrary {
  const where = { env: process.env, platform: process.platform, root: packageRoot(), ...places };
  const tried: string[] = [];
  for (const candidate of libraryCandidates(where)) {
    try {
      return open(candidate);
    } catch (error) {
      if (error instanceof TrainingError && candidate.source === 'THORACLE_XGBOOST') throw error;
      tried.push(`${candidate.path} (${candidate.source}): ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw trainingError('TRAIN_XGBOOST_NOT_FOUND', tried);
}

function open(candidate: LibraryCandidate): NativeLibrary {
  // Loaded and kept by the closure below: once in the process, the loader satisfies libxgboost's own need with them.
  const companions = companionsOf(candidate.path).map((path) => koffi.load(path, { global: true }));
  const library = koffi.load(candidate.path);
  const version = versionOf(library);
  const [major = 0, minor = 0] = version;
  if (major < 1 || (major === 1 && minor < 7) || major > 3) {
    throw trainingError('TRAIN_XGBOOST_VERSION', candidate.path, version.join('.'));
  }
  const lastError = library.func('XGBGetLastError', 'str', []);
  const call = Object.fromEntries(
    Object.entries(declarations).map(([name, parameters]) => {
      const native = library.func(name, 'int', [...parameters]);
      const checked = (...args: readonly unknown[]): void => {
        if (native(...args) !== 0) throw trainingError('TRAIN_XGBOOST_FAILED', name, plainMessage(lastError()));
      };
      return [name, checked];
    }),
  ) as unknown as XGBoostFunctions;
  return { ...candidate, version: version.join('.'), call, ...(companions.length > 0 && { companions }) };
}

function versionOf(library: LibraryHandle): readonly number[] {
  const version = library.func('XGBoostVersion', 'void', [koffi.out('int *'), koffi.out('int *'), koffi.out('int *')]);
  const parts: Out<number>[] = [[null], [null], [null]];
  version(...parts);
  return parts.map(([part]) => part ?? 0);
}

/** The library's message without its clock, source line and native stack trace. */
function plainMessage(message: unknown): string {
  const [text = ''] = String(message).split(/\n\s*Stack trace:/i);
  return text
    .replace(/^\[[\d:]+\] \S+:\d+: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}
