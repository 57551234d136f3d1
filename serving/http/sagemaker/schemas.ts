import type { FastifySchema } from 'fastify';
import { fails, notADevice, rowFailures } from '../schemas.js';

const text = { type: 'string' } as const;
const name = {
  type: 'object',
  properties: { name: { ...text, description: 'Name of the model; "/" as %2F' } },
} as const;

const aboutModel = {
  modelName: text,
  modelUrl: { ...text, description: 'As it was loaded; for a model of the start its address on this server' },
  version: text,
  modelId: { ...text, description: 'Content hash of the model' },
  bytes: { type: 'integer', description: 'What it takes in memory, estimated' },
} as const;

const answers = (description: string, schema: object): object => ({
  description,
  content: { 'application/json': { schema } },
});

export const listModelsSchema: FastifySchema = {
  summary: 'Models in memory, with their metrics',
  querystring: {
    type: 'object',
    properties: {
      next_page_token: { ...text, description: 'nextPageToken of the page before' },
      limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    },
  },
  response: {
    200: answers('By name', {
      type: 'object',
      properties: {
        models: {
          type: 'array',
          items: { type: 'object', properties: { ...aboutModel, task: text, metrics: { type: 'object' } } },
        },
        nextPageToken: { ...text, description: 'Absent on the last page' },
      },
    }),
    400: fails('The token or the limit is none'),
  },
};

export const oneModelSchema: FastifySchema = {
  summary: 'One model: manifest, metrics, card and lineage',
  description: notADevice,
  params: name,
  response: {
    200: answers('The manifest without its fitted numbers, and what the server knows of it', { type: 'object' }),
    404: fails('It is not loaded'),
  },
};

export const cardSchema: FastifySchema = {
  summary: 'The model card: intended use, data, metrics, limits',
  params: name,
  response: {
    200: { description: 'Markdown', content: { 'text/markdown': { schema: text } } },
    404: fails('It is not loaded, or came without a card'),
  },
};

export const invokeSchema: FastifySchema = {
  summary: 'Predict from one of several models; as POST /invocations',
  params: name,
  response: { 200: { description: 'As POST /invocations' }, ...rowFailures, 404: fails('It is not loaded') },
};

export const loadModelSchema: FastifySchema = {
  summary: 'Load a model',
  body: {
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['model_name', 'url'],
          properties: { model_name: text, url: { ...text, description: 'Path in the folder of models' } },
          example: { model_name: 'lung', url: '/opt/ml/models/lung/model' },
        },
      },
    },
  },
  response: {
    200: answers('Loaded', { type: 'object', properties: aboutModel }),
    400: fails('The name is none, or there is no sound model at the url'),
    409: fails('A model of that name is loaded already'),
    507: fails('It does not fit into memory beside the models that are in use'),
  },
};

export const unloadModelSchema: FastifySchema = {
  summary: 'Unload a model; requests that it is answering are finished',
  params: name,
  response: { 200: answers('Unloaded', { type: 'object' }), 404: fails('It is not loaded') },
};

export const endpointSchema: FastifySchema = {
  summary: 'InvokeEndpoint of the cloud’s runtime clients; bodies and answers as POST /invocations',
  params: { type: 'object', properties: { name: { ...text, description: 'Name of an endpoint or a model' } } },
  headers: {
    type: 'object',
    properties: {
      'X-Amzn-SageMaker-Target-Variant': text,
      'X-Amzn-SageMaker-Target-Model': text,
      'X-Amzn-SageMaker-Inference-Id': text,
      'X-Amzn-SageMaker-Custom-Attributes': { ...text, description: 'Comes back as it was sent' },
    },
  },
  response: {
    200: {
      description: 'As POST /invocations',
      headers: {
        'x-Amzn-Invoked-Production-Variant': { ...text, description: 'The variant that answered' },
        'X-Amzn-SageMaker-Custom-Attributes': text,
      },
    },
    400: fails('ValidationError: endpoint, variant or model is not there, or a header is not allowed'),
    403: fails('The signature is missing or wrong'),
    424: fails('ModelError: the model refused the body; OriginalStatusCode and OriginalMessage say why'),
    429: fails('ModelNotReadyException: the model cannot be loaded now'),
  },
};
