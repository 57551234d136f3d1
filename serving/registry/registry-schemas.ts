import type { FastifySchema } from 'fastify';
import { fails, notADevice } from '../http/schemas.js';

const text = { type: 'string' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const name = { ...text, description: 'Name of the model' };
const version = { ...text, description: '1, 2, … in the order of registration' };
const place = (...names: readonly string[]) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((one) => [one, one === 'name' ? name : version])),
});

const registered = {
  version,
  modelId: { ...text, description: 'Content hash of the model' },
  stage: { enum: ['candidate', 'production', 'archived'] },
  registered: { ...text, format: 'date-time' },
} as const;
const event = {
  type: 'object',
  properties: {
    at: { ...text, format: 'date-time' },
    by: { ...text, description: 'Who did it; empty when nobody was asked' },
    action: { enum: ['register', 'promote', 'rollback', 'archive'] },
    version,
  },
} as const;
const serving = { ...textOrNull, description: 'The version that this server answers with' };
const summary = {
  name,
  production: { ...textOrNull, description: 'The version in production' },
  serving,
  versions: { type: 'array', items: { type: 'object', properties: registered } },
} as const;

const answers = (description: string, properties: object): object => ({
  description,
  content: { 'application/json': { schema: { type: 'object', properties } } },
});
const unknown = { 404: fails('The registry holds no such model or version') };

export const modelsSchema: FastifySchema = {
  summary: 'Every model of the registry with its versions',
  response: {
    200: answers('By name', { models: { type: 'array', items: { type: 'object', properties: summary } } }),
    503: fails('The registry cannot be read'),
  },
};

export const modelSchema: FastifySchema = {
  summary: 'Versions of a model, and who changed them when',
  params: place('name'),
  response: { 200: answers('The model', { ...summary, history: { type: 'array', items: event } }), ...unknown },
};

export const versionSchema: FastifySchema = {
  summary: 'One version: metrics, warnings, lineage, model card, TRIPOD+AI checklist',
  description: notADevice,
  params: place('name', 'version'),
  response: {
    200: answers('The version', {
      name,
      ...registered,
      manifest: { type: 'object', description: 'Without its fitted numbers' },
      card: { ...textOrNull, description: 'Markdown' },
      checklist: {
        type: ['array', 'null'],
        items: {
          type: 'object',
          properties: { number: text, section: text, asks: text, answer: { type: 'object' } },
        },
      },
      history: { type: 'array', items: event },
    }),
    ...unknown,
  },
};

/** Of what changes a registry. */
export function changeSchema(what: string): FastifySchema {
  return {
    summary: what,
    description: 'Answered once this server has swapped; others that follow the registry do so a moment later.',
    body: { content: { 'application/json': { schema: { type: 'object', example: {} } } } },
    response: {
      200: answers('The version that was changed, or is in production again', { name, ...registered, serving }),
      400: fails('The body is not {}, or the version cannot be loaded'),
      403: fails('The caller has not the scope admin'),
      ...unknown,
      409: fails('It is in production, or there is nothing to go back to'),
      415: fails('The body is not said to be JSON'),
      503: fails('The registry cannot be changed at present'),
    },
  };
}
