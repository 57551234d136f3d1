import type { FastifyRequest } from 'fastify';
import type { DriftOptions, StatisticsOptions, TimeWindow } from '../../contract/index.js';
import { badField } from '../sagemaker/errors.js';
import { type Fields, fieldsOf, list, optionalTexts, optionalWhole } from '../sagemaker/fields.js';
import { jsonFields } from './body.js';

const latestMs = 8.64e15;

/** What `POST /store/groups/{group}/statistics` asks for; an empty body asks for everything. @throws RequestError naming the field */
export function statisticsOptions(request: FastifyRequest): StatisticsOptions {
  const isEmpty = !Buffer.isBuffer(request.body) || request.body.length === 0;
  const known = ['features', 'version', 'window', 'knownAtMs', 'bins', 'top', 'quantiles'];
  const fields = isEmpty ? {} : jsonFields(request, known);
  const { window, knownAtMs, top, quantiles } = {
    window: fields.window === undefined ? undefined : windowOf(fields, 'window'),
    knownAtMs: optionalWhole(fields, 'knownAtMs', -latestMs, latestMs),
    top: optionalWhole(fields, 'top', 0, 1000),
    quantiles: fields.quantiles === undefined ? undefined : numbers(fields, 'quantiles'),
  };
  return {
    ...common(fields, 1),
    ...(window === undefined ? {} : { window }),
    ...(knownAtMs === undefined ? {} : { knownAtMs }),
    ...(top === undefined ? {} : { top }),
    ...(quantiles === undefined ? {} : { quantiles }),
  };
}

/** What `POST /store/groups/{group}/drift` asks for. @throws RequestError naming the field */
export function driftOptions(request: FastifyRequest): DriftOptions {
  const fields = jsonFields(request, ['baseline', 'current', 'features', 'version', 'bins']);
  return { ...common(fields, 2), baseline: windowOf(fields, 'baseline'), current: windowOf(fields, 'current') };
}

function common(fields: Fields, fewestBins: number): Pick<StatisticsOptions, 'features' | 'version' | 'bins'> {
  const features = optionalTexts(fields, 'features');
  const version = optionalWhole(fields, 'version', 1, Number.MAX_SAFE_INTEGER);
  const bins = optionalWhole(fields, 'bins', fewestBins, 1000);
  return {
    ...(features === undefined ? {} : { features }),
    ...(version === undefined ? {} : { version }),
    ...(bins === undefined ? {} : { bins }),
  };
}

function windowOf(fields: Fields, name: string): TimeWindow {
  const window = fieldsOf(fields[name], name, ['fromMs', 'beforeMs']);
  const bound = (field: string): number => {
    const value = optionalWhole(window, field, -latestMs, latestMs);
    if (value === undefined) throw badField(`${name}.${field}`, 'is missing');
    return value;
  };
  return { fromMs: bound('fromMs'), beforeMs: bound('beforeMs') };
}

function numbers(fields: Fields, name: string): readonly number[] {
  return list(fields, name).map((value) => {
    if (typeof value !== 'number') throw badField(name, 'holds something that is not a number');
    return value;
  });
}
