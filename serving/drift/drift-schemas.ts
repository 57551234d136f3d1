import type { FastifySchema } from 'fastify';
import { fails, notADevice } from '../http/schemas.js';

const text = { type: 'string' } as const;
const whole = { type: 'integer' } as const;
const maybe = { type: ['number', 'null'] } as const;

const numbers = {
  psi: { ...maybe, description: 'Population stability index; null with a reason' },
  chance95: { ...maybe, description: 'What chance alone exceeds in 1 of 20 windows of this size' },
  drifted: { type: ['boolean', 'null'], description: '0.2 or more, and more than chance explains' },
  missingShare: maybe,
  missingShareTraining: { type: 'number' },
  missingShareDifference: maybe,
  values: { ...whole, description: 'Values that the numbers rest on' },
  missing: { ...whole, description: 'Rows without a value' },
  trainingValues: whole,
  reason: { ...text, description: 'Why a number is not given' },
} as const;

/** Documentation of `GET /drift`. */
export const driftSchema: FastifySchema = {
  summary: 'How the latest rows differ from those of the training',
  description: `${notADevice} Every column and the predicted risks, by model; since a model was loaded, of this process.`,
  querystring: { type: 'object', properties: { model: { ...text, description: 'One model only' } } },
  response: {
    200: {
      description: 'By model; columns with the greatest index first',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              models: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: {
                    model: text,
                    version: text,
                    modelId: text,
                    rows: { ...whole, description: 'Rows in the window' },
                    leastRows: { ...whole, description: 'Below it no number is given' },
                    prediction: { type: ['object', 'null'], properties: numbers },
                    above: { type: ['integer', 'null'], description: 'Columns with an index of 0.2 or more' },
                    drifted: { type: ['integer', 'null'], description: 'Those that chance does not explain' },
                    features: {
                      type: 'array',
                      items: { type: 'object', properties: { feature: text, modality: text, ...numbers } },
                    },
                    reason: text,
                  },
                },
              },
            },
          },
        },
      },
    },
    404: fails('The model is not loaded'),
  },
};
