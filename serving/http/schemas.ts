import type { FastifySchema } from 'fastify';

/** Said wherever a person meets the server. */
export const notADevice =
  'Research software. Not a medical device; not for diagnosis, treatment or any other clinical use.';

const text = { type: 'string' } as const;
const names = { type: 'array', items: text } as const;

/** Documentation of one prediction. */
export const prediction = {
  type: 'object',
  properties: {
    score: {
      type: 'number',
      description:
        'Probability of death; for survival over time the hazard ratio, or the expected days of a model of time',
    },
    probability: { type: ['number', 'null'], description: 'Probability of death, 0 to 1; null for survival over time' },
    label: { enum: [0, 1, null], description: '1 = dead, 0 = alive, by the threshold of the model' },
    risk: { type: 'number', description: 'Before the link: log-odds, log-hazard or -ln(days); higher is worse' },
    riskGroup: { type: ['string', 'null'], description: 'Name of the risk group' },
    medianSurvivalDays: { type: ['number', 'null'], description: 'Days that half of such patients survive' },
    imputed: { ...names, description: 'Columns that were missing and were filled in' },
    outOfRange: { ...names, description: 'Columns whose value lies outside what training saw' },
  },
} as const;

const failure = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { ...text, description: 'Stable name of the error' },
        message: text,
        row: { type: 'integer', description: 'From 1; a CSV header is not counted' },
        column: text,
        reason: text,
      },
    },
  },
} as const;

/** Documentation of an error reply. */
export function fails(description: string): object {
  return { description, content: { 'application/json': { schema: failure } } };
}

/** What rows may meet. */
export const rowFailures = {
  400: fails('The body cannot be parsed'),
  406: fails('Neither JSON, JSON Lines nor CSV is acceptable'),
  413: fails('The body is too large or holds too many rows'),
  415: fails('The body is neither JSON, JSON Lines nor CSV, compressed, or not UTF-8'),
  422: fails('A row cannot be used: the reply names row, column and reason'),
};

function predictions(item: object): object {
  return {
    type: 'object',
    properties: { predictions: { type: 'array', items: item }, model: { ...text, description: 'Id of the model' } },
  };
}

/** Above this a list of all columns would drown the page; `GET /model` has them. */
const mostListed = 500;

/** Documentation of `POST /invocations`; rows are checked by the predictor, which names row and column. */
export function invocationsSchema(featureNames: readonly string[]): FastifySchema {
  const value = { type: ['number', 'null'] } as const;
  const listed = featureNames.slice(0, mostListed).map((name) => [name, value] as const);
  const record = { type: 'object', properties: Object.fromEntries(listed) };
  const some = featureNames.slice(0, 3);
  const example = Object.fromEntries(some.map((name, i) => [name, i === 2 ? null : i + 0.5]));
  const csv = `${some.join(',')}\n${some.map((_, i) => (i === 2 ? '' : String(i + 0.5))).join(',')}\n`;
  return {
    summary: 'Predict from raw features',
    description:
      `${notADevice} JSON: records by column name, or lists of numbers in the model's order; a column that is null or left out is missing. CSV: with a header any of the ` +
      `columns in any order, without one all ${featureNames.length} columns in the order of GET /model; an empty cell, NA or NaN is missing. ` +
      'JSON Lines: a record on each line. Rows as wide as the principal components of the model, or with their names (PC1 …), are taken as components: ' +
      'imputation, scaling and projection are left out. Accept chooses the type of the answer.',
    body: {
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { instances: { type: 'array', items: record } },
            example: { instances: [example] },
          },
        },
        'application/jsonlines': { schema: { ...text, example: `${JSON.stringify(example)}\n` } },
        'text/csv': { schema: { ...text, example: csv } },
      },
    },
    response: {
      200: {
        description: 'One prediction per row, in their order',
        content: {
          'application/json': { schema: predictions(prediction) },
          'application/jsonlines': { schema: { ...text, description: 'A prediction on each line' } },
          'text/csv': { schema: { ...text, description: 'Probabilities separated by commas', example: '0.25,0.75' } },
        },
      },
      ...rowFailures,
    },
  };
}

export const pingSchema: FastifySchema = {
  summary: 'Is the server up?',
  response: {
    200: {
      description: 'Yes',
      content: { 'application/json': { schema: { type: 'object', properties: { status: text, model: text } } } },
    },
    503: fails('Its model is not loaded'),
  },
};

export const executionSchema: FastifySchema = {
  summary: 'What a batch job may send',
  response: {
    200: {
      description: 'Requests at a time, records in a request, size of a request',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              MaxConcurrentTransforms: { type: 'integer' },
              BatchStrategy: { type: 'string', enum: ['MULTI_RECORD', 'SINGLE_RECORD'] },
              MaxPayloadInMB: { type: 'integer' },
            },
          },
        },
      },
    },
  },
};

export const modelSchema: FastifySchema = {
  summary: 'What the model is and how well it does',
  description: `${notADevice} The manifest without its fitted numbers: columns, ranges, metrics beside the baseline, warnings, lineage.`,
  response: {
    200: { description: 'The manifest', content: { 'application/json': { schema: { type: 'object' } } } },
  },
};
