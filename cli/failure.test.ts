import { describe, expect, test } from 'vitest';
import { CohortError } from '../cohort/index.js';
import { StoreError } from '../featurestore/index.js';
import { ClinicalError } from '../pipelines/clinical/index.js';
import { GenomicError } from '../pipelines/genomic/index.js';
import { ImagingError } from '../pipelines/imaging/index.js';
import { PipelineError } from '../pipelines/index.js';
import { PredictError, ServingError } from '../serving/index.js';
import { TrainingError } from '../training/index.js';
import { CliError } from './errors.js';
import { explainFailure, refusalNames } from './failure.js';

const classes = [
  CliError,
  ClinicalError,
  CohortError,
  GenomicError,
  ImagingError,
  PipelineError,
  PredictError,
  ServingError,
  StoreError,
  TrainingError,
];

describe('explaining a failure', () => {
  test('every room’s error class is known by its name', () => {
    expect(new Set(classes.map((type) => type.name))).toEqual(refusalNames);
  });

  test('a refusal keeps its code and sentence', () => {
    const refusal = new CliError('CLI_OUT_EXISTS', 'out exists');
    expect(explainFailure(refusal)).toEqual({ code: 'CLI_OUT_EXISTS', message: 'out exists', exitCode: 2 });
  });

  test('a system error becomes a sentence about its path', () => {
    const error = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT', path: 'rows.csv' });
    expect(explainFailure(error)).toEqual({ code: 'ENOENT', message: 'rows.csv does not exist', exitCode: 2 });
  });

  test('anything else is called a mistake of this program', () => {
    const failure = explainFailure(new TypeError('x is undefined'));
    expect(failure.exitCode).toBe(70);
    expect(failure.message).toContain('x is undefined');
    expect(explainFailure('thrown text').exitCode).toBe(70);
  });
});
