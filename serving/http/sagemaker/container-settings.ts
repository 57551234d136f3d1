import { availableParallelism } from 'node:os';
import { ServingError, servingErrors } from '../../errors.js';

/** How many records a batch job sends in one request. */
export type BatchStrategy = 'MULTI_RECORD' | 'SINGLE_RECORD';

/** What the managed platform tells a container by environment variables, and what it asks for at `GET /execution-parameters`. */
export interface ContainerSettings {
  /** `SAGEMAKER_BIND_TO_PORT`; 8080 where it says nothing. */
  readonly port: number;
  /** `SAGEMAKER_BATCH`: answers in CSV stand one on a line, as the platform's own XGBoost container writes them in batch jobs. */
  readonly batch: boolean;
  /** `SAGEMAKER_BATCH_STRATEGY` */
  readonly batchStrategy: BatchStrategy;
  /** `SAGEMAKER_MAX_PAYLOAD_IN_MB`, 0 for no bound of its own; also the server's limit of a body. */
  readonly maxPayloadInMb: number;
  /** `SAGEMAKER_MAX_CONCURRENT_TRANSFORMS`; one for each processor where it says nothing or 0, which asks the container. */
  readonly maxConcurrentTransforms: number;
  /** `SAGEMAKER_MULTI_MODEL`: models come and go by `POST /models`; none is there at the start. */
  readonly multiModel: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const defaultPayloadInMb = 6;
/** A payload said to be without bound. */
const unboundedPayloadInMb = 512;

/**
 * Reads the variables; an empty one counts as absent.
 * @throws ServingError SERVING_BAD_ENVIRONMENT naming the variable
 */
export function containerSettings(environment: Environment): ContainerSettings {
  return {
    port: wholeNumber(environment, 'SAGEMAKER_BIND_TO_PORT', 0, 65_535, 8080),
    batch: truth(environment, 'SAGEMAKER_BATCH'),
    batchStrategy: oneOf(environment, 'SAGEMAKER_BATCH_STRATEGY', ['MULTI_RECORD', 'SINGLE_RECORD']),
    maxPayloadInMb: wholeNumber(
      environment,
      'SAGEMAKER_MAX_PAYLOAD_IN_MB',
      0,
      unboundedPayloadInMb,
      defaultPayloadInMb,
    ),
    maxConcurrentTransforms:
      wholeNumber(environment, 'SAGEMAKER_MAX_CONCURRENT_TRANSFORMS', 0, 10_000, 0) || availableParallelism(),
    multiModel: truth(environment, 'SAGEMAKER_MULTI_MODEL'),
  };
}

/** The largest body in bytes. */
export function bodyLimitOf({ maxPayloadInMb }: ContainerSettings): number {
  return (maxPayloadInMb === 0 ? unboundedPayloadInMb : maxPayloadInMb) * 1024 * 1024;
}

/** The reply of `GET /execution-parameters`. */
export function executionParameters(settings: ContainerSettings): object {
  return {
    MaxConcurrentTransforms: settings.maxConcurrentTransforms,
    BatchStrategy: settings.batchStrategy,
    MaxPayloadInMB: settings.maxPayloadInMb,
  };
}

function wholeNumber(environment: Environment, name: string, low: number, high: number, otherwise: number): number {
  const text = environment[name] ?? '';
  if (text === '') return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  throw bad(name, `a whole number from ${low} to ${high}`);
}

function truth(environment: Environment, name: string): boolean {
  return oneOf(environment, name, ['false', 'true'], (text) => text.toLowerCase()) === 'true';
}

function oneOf<Value extends string>(
  environment: Environment,
  name: string,
  values: readonly [Value, ...Value[]],
  normal = (text: string) => text.toUpperCase(),
): Value {
  const text = normal(environment[name] ?? '');
  if (text === '') return values[0];
  const found = values.find((value) => value === text);
  if (found === undefined) throw bad(name, values.join(' or '));
  return found;
}

function bad(name: string, expected: string): ServingError {
  return new ServingError('SERVING_BAD_ENVIRONMENT', servingErrors.SERVING_BAD_ENVIRONMENT(name, expected));
}
