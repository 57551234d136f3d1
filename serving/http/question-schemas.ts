import type { FastifySchema } from 'fastify';
import { fails, notADevice, prediction, rowFailures } from './schemas.js';

const text = { type: 'string' } as const;
const number = { type: 'number' } as const;

/** What `POST /predict` and `POST /explain` take alike. */
function questionBody(featureNames: readonly string[], more: object = {}): object {
  const some = featureNames.slice(0, 3);
  const record = Object.fromEntries(some.map((name, i) => [name, i === 2 ? null : i + 0.5]));
  return {
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: {
            cases: {
              type: 'array',
              items: text,
              minItems: 1,
              maxItems: 1000,
              description: 'Patient ids in the store; either these or records',
            },
            records: { type: 'array', items: { type: 'object' }, description: 'Raw features by name; null is missing' },
            model: { ...text, description: 'Another model of this server' },
            version: text,
            curve: {
              anyOf: [{ type: 'boolean' }, { type: 'array', items: number, minItems: 1, maxItems: 1000 }],
              default: false,
              description: 'Survival over time too: true for the days of the model, or days from surgery, ascending',
            },
            ...more,
          },
          example: { records: [record] },
        },
      },
    },
  };
}

/** Null for a model without survival over time; absent unless asked for. */
const survival = {
  type: ['object', 'null'],
  properties: {
    timeDays: { type: 'array', items: number, description: 'Days from surgery' },
    probability: { type: 'array', items: number, description: 'Of being alive after that many days' },
  },
  description: 'When curve is asked for; null where the model says nothing of survival over time',
} as const;

function answers(description: string, properties: object): object {
  const schema = { type: 'object', properties: { ...properties, model: text, version: text } };
  return { description, content: { 'application/json': { schema } } };
}

const storeFailures = {
  ...rowFailures,
  404: fails('The store does not know a patient, or the model is not loaded'),
  409: fails('There is no store, or it holds another version of a group than the model was trained on'),
};

/** Documentation of `POST /predict`. */
export function predictSchema(featureNames: readonly string[]): FastifySchema {
  const item = { ...prediction, properties: { case: text, ...prediction.properties, survival } };
  return {
    summary: 'Predict for records, or for patients of the store',
    description: `${notADevice} For patients: the latest record of each in each group that the model was trained on.`,
    body: questionBody(featureNames),
    response: {
      200: answers('One prediction for each, in their order', { predictions: { type: 'array', items: item } }),
      ...storeFailures,
    },
  };
}

/** Documentation of `POST /explain`. */
export function explainSchema(featureNames: readonly string[]): FastifySchema {
  const contribution = {
    type: 'object',
    properties: {
      feature: text,
      modality: text,
      value: { type: ['number', 'null'], description: 'Of the record; null = missing' },
      contribution: { ...number, description: 'What it adds to the risk' },
    },
  };
  const explanation = {
    type: 'object',
    properties: {
      case: text,
      score: number,
      probability: { type: ['number', 'null'] },
      risk: { ...number, description: 'expected + all contributions + others; that of POST /predict' },
      riskGroup: prediction.properties.riskGroup,
      medianSurvivalDays: prediction.properties.medianSurvivalDays,
      expected: { ...number, description: 'The risk of nobody in particular' },
      modalities: { type: 'object', additionalProperties: number, description: 'Contributions summed by modality' },
      contributions: { type: 'array', items: contribution, description: 'Those that add most, either way, first' },
      others: { ...number, description: 'Sum of the contributions that are not listed, and of rounding' },
      survival,
    },
  };
  return {
    summary: 'What each answer is made of, by column and by modality',
    description:
      `${notADevice} Contributions (TreeSHAP of trees, coefficient x value of linear models, taken back through components to ` +
      'the raw columns) add up to the risk: log-odds of death, log of the hazard ratio, or -ln(days). They describe the model, not the disease.',
    body: questionBody(featureNames, {
      top: { type: 'integer', minimum: 1, default: 20, description: 'Contributions to list' },
    }),
    response: {
      200: answers('One explanation for each, in their order', { explanations: { type: 'array', items: explanation } }),
      ...storeFailures,
    },
  };
}
