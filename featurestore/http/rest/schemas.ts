import type { FastifySchema } from 'fastify';

const text = { type: 'string' } as const;
const whole = { type: 'integer' } as const;
const texts = { type: 'array', items: text } as const;
const object = { type: 'object' } as const;
const value = { description: 'Number, text or null', nullable: true } as const;
const security = [{ signature: [] }];
const tags = ['Feature store'];

const failure = {
  type: 'object',
  properties: { error: { type: 'object', properties: { code: text, message: text } } },
} as const;

const failures = {
  400: { description: 'The request is wrong; the message says where', content: json(failure) },
  403: { description: 'Not signed, wrongly signed, or by a key that may only read', content: json(failure) },
  404: { description: 'No such group, version or record', content: json(failure) },
  409: { description: 'The store holds something that contradicts the request', content: json(failure) },
  422: { description: 'A row or value cannot be used', content: json(failure) },
};

function json(schema: object): object {
  return { 'application/json': { schema } };
}

/** Documentation of one route. */
function route(summary: string, answer: object, more: object = {}): FastifySchema {
  const response = { 200: { description: 'Done', content: json(answer) }, ...failures };
  return { summary, tags, security, response, ...more } as FastifySchema;
}

function query(properties: Readonly<Record<string, object>>): object {
  return { querystring: { type: 'object', properties } };
}

function body(schema: object): object {
  return { body: { content: json(schema) } };
}

const definition = {
  type: 'object',
  required: ['name', 'type', 'unit', 'description', 'role'],
  properties: {
    name: { ...text, description: '1 to 64 letters, digits, "-", "_"' },
    type: { ...text, enum: ['double', 'integer', 'string', 'timestamp'] },
    unit: text,
    description: text,
    role: { ...text, enum: ['identifier', 'feature', 'post-baseline', 'followup', 'outcome', 'label', 'metadata'] },
    reference: text,
  },
};

const groupProperties = {
  name: text,
  recordIdentifier: text,
  eventTime: text,
  definitions: { type: 'array', items: definition },
  settingsDigest: text,
};

const settings = {
  type: 'object',
  properties: {
    description: text,
    owner: text,
    tags: object,
    online: { type: 'boolean' },
    offline: { type: 'boolean' },
    ttlMs: whole,
  },
};

const storedGroup = {
  type: 'object',
  properties: {
    ...groupProperties,
    version: whole,
    createdAtMs: whole,
    recordCount: whole,
    settings,
    updatedAtMs: whole,
  },
};

const record = {
  type: 'object',
  properties: { group: text, version: whole, id: text, eventTime: text, expiresAt: text, values: object },
};

export const listGroups = route(
  'Groups that meet every condition given',
  { type: 'object', properties: { groups: { type: 'array', items: storedGroup } } },
  query({ text, feature: text, role: text, tag: text, tagValue: text, owner: text }),
);
export const createGroup = route('Register a group, or a new version of it', storedGroup, {
  ...body({
    type: 'object',
    required: ['group'],
    properties: { group: { type: 'object', properties: groupProperties }, settings },
  }),
});
export const describeGroup = route(
  'One group, at its newest version or another',
  storedGroup,
  query({ version: whole }),
);
export const deleteGroup = route(
  'Delete a group with its history',
  { type: 'object', properties: { rows: whole } },
  query({ confirm: { ...text, description: 'The name of the group once more' } }),
);
export const ingest = route(
  'Append rows: JSON {"rows": [{…}]} or CSV with a header; all of them or none',
  { type: 'object', properties: { group: text, version: whole, written: whole, unchanged: whole } },
  {
    ...query({ onConflict: { ...text, enum: ['replace', 'keep', 'error'] } }),
    body: {
      content: {
        ...json({ type: 'object', properties: { rows: { type: 'array', items: object } } }),
        'text/csv': { schema: text },
      },
    },
  },
);
export const getRecord = route(
  'The latest record',
  record,
  query({ features: { ...text, description: 'Names separated by commas; all by default' } }),
);
export const putRecord = route(
  'Write one record whole',
  { type: 'object', properties: { version: whole, outcome: text } },
  body({ type: 'object', required: ['values'], properties: { values: object, ttlMs: whole } }),
);
export const deleteRecord = route(
  'Delete a record; its history stays',
  { type: 'object', properties: { deleted: { type: 'boolean' } } },
  query({ mode: { ...text, enum: ['soft', 'hard'] } }),
);
export const history = route('Every row ever written about a record, oldest first', {
  type: 'object',
  properties: { rows: { type: 'array', items: record } },
});
export const batchGet = route(
  'Latest records of several groups',
  {
    type: 'object',
    properties: { records: { type: 'array', items: record }, errors: { type: 'array', items: object } },
  },
  body({
    type: 'object',
    properties: {
      requests: { type: 'array', items: { type: 'object', properties: { group: text, ids: texts, features: texts } } },
    },
  }),
);
export const runQuery = route(
  'One reading SQL statement; each group is a view, and <group>_history',
  {
    type: 'object',
    properties: {
      columns: { type: 'array', items: { type: 'object', properties: { name: text, type: text } } },
      rows: { type: 'array', items: { type: 'array', items: value } },
    },
  },
  body({ type: 'object', required: ['sql'], properties: { sql: text, params: { type: 'array', items: value } } }),
);
export const dataset = route(
  'A numeric matrix joined from groups, with outcomes and digest; missing is null',
  {
    type: 'object',
    properties: {
      patientIds: texts,
      columns: { type: 'array', items: object },
      values: { type: 'array', items: { type: 'array', items: { type: 'number', nullable: true } } },
      outcomes: { type: 'array', items: object },
      digest: text,
    },
  },
  body({ type: 'object', description: 'As DatasetSpec of the TypeScript API' }),
);

const timeWindow = {
  type: 'object',
  required: ['fromMs', 'beforeMs'],
  properties: {
    fromMs: { ...whole, description: 'Milliseconds since 1970 UTC, included' },
    beforeMs: { ...whole, description: 'Milliseconds since 1970 UTC, not included' },
  },
};
const number = { type: 'number', nullable: true } as const;
const numbers = { type: 'array', items: { type: 'number' } } as const;
const featureNames = { ...texts, description: 'Default all but the keys' };
const filled = { type: 'object', properties: { count: whole, missing: whole } };

export const statistics = route(
  'What the latest records say about each feature',
  {
    type: 'object',
    properties: {
      features: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            feature: text,
            type: text,
            count: whole,
            missing: whole,
            infinite: whole,
            distinct: whole,
            top: { type: 'array', items: { type: 'object', properties: { value, count: whole } } },
            numeric: {
              type: 'object',
              description: 'Absent for text',
              properties: {
                mean: number,
                sd: number,
                min: number,
                max: number,
                quantiles: {
                  type: 'array',
                  items: { type: 'object', properties: { p: { type: 'number' }, value: { type: 'number' } } },
                },
                histogram: {
                  type: 'object',
                  properties: { edges: numbers, counts: { type: 'array', items: whole } },
                },
              },
            },
          },
        },
      },
    },
  },
  body({
    type: 'object',
    properties: {
      features: featureNames,
      version: whole,
      window: timeWindow,
      knownAtMs: whole,
      bins: { ...whole, minimum: 1, maximum: 1000 },
      top: { ...whole, minimum: 0, maximum: 1000 },
      quantiles: { ...numbers, description: 'Each from 0 to 1' },
    },
  }),
);
export const drift = route(
  'How each feature differs between two windows of event time',
  {
    type: 'object',
    properties: {
      features: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            feature: text,
            type: text,
            baseline: filled,
            current: filled,
            psi: { ...number, description: 'Population stability index' },
            ks: { ...number, description: 'Two-sample Kolmogorov-Smirnov statistic; null for text' },
            ksPValue: number,
          },
        },
      },
    },
  },
  body({
    type: 'object',
    required: ['baseline', 'current'],
    properties: {
      baseline: timeWindow,
      current: timeWindow,
      features: featureNames,
      version: whole,
      bins: { ...whole, minimum: 2, maximum: 1000 },
    },
  }),
);
