import { trainingError } from '../errors.js';
import type { NestedEvaluation, ReportData } from './report-data.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads what `reportJson` or a training wrote; times that are not known come back as NaN.
 * @param file for messages
 * @throws TrainingError TRAIN_REPORT_INVALID naming the member, what it is and what was expected
 */
export function parseReportData(text: string, file: string): ReportData {
  const data = objectOf(parseJson(text, file), file, 'the document');
  const lists = ['modalities', 'warnings', 'scored', 'excluded'];
  const objects = ['dataset', 'metrics', 'baseline', 'lineage'];
  for (const name of ['title', 'modelId', 'recipe', 'evaluation']) expected(data[name], file, name, 'string');
  for (const name of ['seed', 'threshold']) expected(data[name], file, name, 'number');
  for (const name of objects) objectOf(data[name], file, name);
  for (const name of lists) listOf(data[name], file, name);
  assertEstimates(data.metrics, file, 'metrics');
  assertEstimates(data.baseline, file, 'baseline');
  const scored = listOf(data.scored, file, 'scored').map((entry, i) => {
    const patient = objectOf(entry, file, `scored[${i}]`);
    expected(patient.probability, file, `scored[${i}].probability`, 'number');
    expected(patient.dead, file, `scored[${i}].dead`, 'boolean');
    return { ...patient, timeDays: patient.timeDays ?? Number.NaN };
  });
  return { ...data, scored } as unknown as ReportData;
}

/**
 * Reads what `thoracle evaluate --json` printed.
 * @throws TrainingError TRAIN_REPORT_INVALID
 */
export function parseNestedEvaluation(text: string, file: string): NestedEvaluation {
  const data = objectOf(parseJson(text, file), file, 'the document');
  expected(data.evaluation, file, 'evaluation', 'string');
  objectOf(data.dataset, file, 'dataset');
  listOf(data.warnings, file, 'warnings');
  assertEstimates(data.metrics, file, 'metrics');
  for (const [name, own] of Object.entries(objectOf(data.baselines, file, 'baselines'))) {
    assertEstimates(own, file, `baselines.${name}`);
  }
  for (const [name, subset] of Object.entries(objectOf(data.subsets, file, 'subsets'))) {
    assertEstimates(objectOf(subset, file, `subsets.${name}`).metrics, file, `subsets.${name}.metrics`);
  }
  assertEstimates(data.comparison, file, 'comparison');
  return data as unknown as NestedEvaluation;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw trainingError('TRAIN_REPORT_INVALID', file, 'the document', `no JSON (${(error as Error).message})`, 'JSON');
  }
}

function objectOf(value: unknown, file: string, where: string): Members {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw refuse(value, file, where, 'an object');
  return value as Members;
}

function listOf(value: unknown, file: string, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw refuse(value, file, where, 'a list');
  return value;
}

function expected(value: unknown, file: string, where: string, type: 'string' | 'number' | 'boolean'): void {
  if (typeof value !== type) throw refuse(value, file, where, `a ${type}`);
}

function assertEstimates(value: unknown, file: string, where: string): void {
  for (const [name, estimate] of Object.entries(objectOf(value, file, where))) {
    const members = objectOf(estimate, file, `${where}.${name}`);
    for (const bound of ['value', 'low', 'high']) expected(members[bound], file, `${where}.${name}.${bound}`, 'number');
  }
}

function refuse(value: unknown, file: string, where: string, wanted: string) {
  const found =
    value === undefined ? 'missing' : Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value;
  return trainingError('TRAIN_REPORT_INVALID', file, where, found, wanted);
}
