import type { FastifySchema } from 'fastify';
import { notADevice } from '../schemas.js';

const text = { type: 'string' } as const;
const json = (schema: object): object => ({ 'application/json': { schema } });
const failed = (description: string): object => ({
  description,
  content: json({ type: 'object', properties: { error: text } }),
});
const answers = (description: string, schema: object = { type: 'object' }): object => ({
  description,
  content: json(schema),
});
const tensor = {
  type: 'object',
  required: ['name', 'shape', 'datatype', 'data'],
  properties: {
    name: text,
    shape: { type: 'array', items: { type: 'integer' } },
    datatype: { ...text, description: 'BOOL, UINT8 to UINT64, INT8 to INT64, FP16, FP32, FP64 or BYTES' },
    data: {
      type: 'array',
      items: {},
      description: 'One list, row by row, or nested as the shape says; null is missing',
    },
  },
} as const;

/** Documentation of a route about the server. */
export function serverSchema(summary: string): FastifySchema {
  return {
    summary,
    tags: ['Open Inference'],
    response: { 200: answers('Yes, or what was asked for'), 503: failed('No') },
  };
}

export const modelSchema: FastifySchema = {
  summary: 'Inputs, outputs and versions of a model',
  tags: ['Open Inference'],
  response: { 200: answers('Its tensors; parameters.columns names the columns'), 404: failed('It is not loaded') },
};

export const modelReadySchema: FastifySchema = {
  summary: 'Can the model answer?',
  tags: ['Open Inference'],
  response: { 200: answers('Yes'), 404: failed('It is not loaded') },
};

/** Documentation of inference, with an example of the server's own model. */
export function inferSchema(featureNames: readonly string[]): FastifySchema {
  const [name = 'features'] = featureNames;
  return {
    summary: 'Predict from tensors',
    tags: ['Open Inference'],
    description: `${notADevice} One tensor "features" of shape [n, columns], or a tensor [n] for each column by its name, of which some may be left out.`,
    body: {
      content: json({
        type: 'object',
        required: ['inputs'],
        properties: {
          id: { ...text, description: 'Comes back as it was sent' },
          parameters: { type: 'object' },
          inputs: { type: 'array', items: tensor },
          outputs: { type: 'array', items: { type: 'object', properties: { name: text } } },
        },
        example: { id: '42', inputs: [{ name, datatype: 'FP64', shape: [2], data: [1.5, 2.5] }] },
      }),
    },
    response: {
      200: answers('A tensor for each output', {
        type: 'object',
        properties: { model_name: text, model_version: text, id: text, outputs: { type: 'array', items: tensor } },
      }),
      400: failed('The request cannot be used; the sentence names tensor, row or column'),
      404: failed('The model is not loaded'),
      413: failed('Too large'),
    },
  };
}

export const indexSchema: FastifySchema = {
  summary: 'Models that are loaded or could be',
  tags: ['Open Inference'],
  response: { 200: answers('Name, version, state and reason of each', { type: 'array', items: { type: 'object' } }) },
};

export const loadSchema: FastifySchema = {
  summary: 'Load a model of the repository; again when it is there, without a failed request',
  tags: ['Open Inference'],
  response: {
    200: answers('Loaded'),
    400: failed('It is not sound'),
    404: failed('There is none of that name'),
    507: failed('It does not fit into memory'),
  },
};

export const unloadSchema: FastifySchema = {
  summary: 'Unload a model; requests that it is answering are finished',
  tags: ['Open Inference'],
  response: { 200: answers('Unloaded'), 404: failed('It is not loaded') },
};
