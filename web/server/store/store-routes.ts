import type { FastifyInstance } from 'fastify';
import { type FeatureStatistics, type FeatureStore, queryCsv } from '../../../featurestore/index.js';
import { theStore } from '../errors.js';
import { badQuestion, type Question, textOf, timeOf, wholeOf } from '../question.js';
import type {
  DescribedFeature,
  FeaturesReply,
  GroupReply,
  GroupsReply,
  HistoryReply,
  LineageReply,
  QueryReply,
  RecordsReply,
} from '../replies/store-reply.js';
import type { StudioSources } from '../sources.js';
import { definitionsOf, featuresOf, groupOf, summaryOf } from './groups.js';
import { lineageOf } from './lineage.js';
import { historyOf, recordsOf } from './record-history.js';
import { runQuery } from './run-query.js';

const read = { config: { scope: 'read' }, schema: { hide: true } } as const;
const mostRows = 10_000;
const mostSql = 20_000;

interface OfGroup {
  readonly Params: { readonly group: string };
  readonly Querystring: Question;
}

/** What the feature store page asks. */
export function addStoreRoutes(app: FastifyInstance, { store }: StudioSources): void {
  app.get('/studio/api/store/groups', read, async (): Promise<GroupsReply> => {
    return { groups: (await theStore(store).listGroups()).map(summaryOf) };
  });
  app.get<OfGroup>('/studio/api/store/groups/:group', read, async ({ params }): Promise<GroupReply> => {
    return groupOf(theStore(store), params.group);
  });
  app.get<OfGroup>(
    '/studio/api/store/groups/:group/features',
    read,
    async ({ params, query }): Promise<FeaturesReply> =>
      featuresOf(theStore(store), params.group, { ...whichFeatures(query), ...windowOf(query) }),
  );
  app.get<OfGroup>('/studio/api/store/groups/:group/features.csv', read, async ({ params, query }, reply) => {
    reply.type('text/csv; charset=utf-8');
    return definitionsCsv(theStore(store), params.group, query);
  });
  app.get<OfGroup>(
    '/studio/api/store/groups/:group/feature',
    read,
    async ({ params, query }): Promise<DescribedFeature> => featureOf(theStore(store), params.group, query),
  );
  app.get<OfGroup>(
    '/studio/api/store/groups/:group/lineage',
    read,
    async ({ params }): Promise<LineageReply> => lineageOf(theStore(store), params.group),
  );
  app.get<OfGroup>(
    '/studio/api/store/groups/:group/records',
    read,
    async ({ params, query }): Promise<RecordsReply> =>
      recordsOf(theStore(store), params.group, textOf(query, 'search')),
  );
  app.get<OfGroup>(
    '/studio/api/store/groups/:group/history',
    read,
    async ({ params, query }): Promise<HistoryReply> =>
      historyOf(theStore(store), params.group, needed(query, 'id'), {
        asOfMs: timeOf(query, 'asOf'),
        knownAtMs: timeOf(query, 'knownAt'),
        search: textOf(query, 'search'),
        ...windowOf(query),
      }),
  );
  app.post<{ readonly Body: unknown }>('/studio/api/store/query', read, async ({ body }): Promise<QueryReply> => {
    const { sql, limit } = statementOf(body);
    return runQuery(theStore(store), sql, limit);
  });
}

function windowOf(query: Question): { readonly from: number; readonly count: number } {
  return {
    from: wholeOf(query, 'from', { low: 0, high: 1_000_000, missing: 0 }),
    count: wholeOf(query, 'count', { low: 1, high: 200, missing: 50 }),
  };
}

function whichFeatures(query: Question) {
  return {
    version: wholeOf(query, 'version', { low: 1, high: 1_000_000, missing: undefined }),
    search: textOf(query, 'search'),
    role: textOf(query, 'role'),
  };
}

function needed(query: Question, name: string): string {
  const text = textOf(query, name);
  if (text === undefined) throw badQuestion(name, '', 'a value');
  return text;
}

async function featureOf(store: FeatureStore, group: string, query: Question): Promise<DescribedFeature> {
  const name = needed(query, 'name');
  const version = wholeOf(query, 'version', { low: 1, high: 1_000_000, missing: undefined });
  const bins = wholeOf(query, 'bins', { low: 1, high: 100, missing: 20 });
  const stored = await store.definition(group, version);
  const isKey = name === stored.recordIdentifier || name === stored.eventTime;
  const described: readonly FeatureStatistics[] = isKey
    ? []
    : await store.statistics(group, { features: [name], bins, ...(version === undefined ? {} : { version }) });
  const definition = stored.definitions.find((one) => one.name === name);
  if (definition === undefined) throw badQuestion('name', name, `a feature of group ${group}`);
  return { definition, statistics: described[0] ?? null };
}

async function definitionsCsv(store: FeatureStore, group: string, query: Question): Promise<string> {
  const { definitions } = await definitionsOf(store, group, whichFeatures(query));
  const names = ['name', 'type', 'unit', 'role', 'description', 'reference'] as const;
  return queryCsv({
    columns: names.map((name) => ({ name, type: 'VARCHAR' })),
    rows: definitions.map((definition) => names.map((name) => definition[name] ?? null)),
  });
}

function statementOf(body: unknown): { readonly sql: string; readonly limit: number } {
  const fields = fieldsOf(body);
  const unknown = Object.keys(fields).find((key) => key !== 'sql' && key !== 'limit');
  if (unknown !== undefined) throw badQuestion(unknown.slice(0, 40), fields[unknown], 'sql and limit only');
  const { sql, limit = 1000 } = fields;
  if (typeof sql !== 'string' || sql.trim() === '') throw badQuestion('sql', sql ?? '', 'a statement');
  if (sql.length > mostSql) throw badQuestion('sql', `${sql.length} characters`, `at most ${mostSql}`);
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > mostRows) {
    throw badQuestion('limit', limit, `a whole number from 1 to ${mostRows}`);
  }
  return { sql, limit };
}

/** The server hands bodies over as text. */
function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  let value = body;
  if (typeof body === 'string') {
    try {
      value = JSON.parse(body);
    } catch {
      throw badQuestion('body', body, 'JSON like {"sql": "SELECT 1", "limit": 100}');
    }
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
