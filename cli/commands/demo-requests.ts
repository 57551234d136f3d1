import { CliError, cliErrors } from '../errors.js';

/** One real HTTP request to the served model and what came back. */
export interface DemoRequest {
  readonly request: string;
  readonly status: number;
  readonly milliseconds: number;
  /** The reply, shortened. */
  readonly answer: string;
}

export interface DemoAnswers {
  readonly url: string;
  readonly requests: readonly DemoRequest[];
}

interface Ask {
  readonly title: string;
  readonly path: string;
  readonly expect: number;
  readonly contentType?: string;
  readonly body?: string;
}

/**
 * Asks a served model the way a client would: health, stored patients, one record by name, a CSV row, and a row it must refuse.
 * @param cases patients of the store
 * @param featureNames the model's raw inputs, in order
 * @throws CliError CLI_DEMO_REQUEST when a reply has another status than expected
 */
export async function askServer(
  url: string,
  cases: readonly string[],
  featureNames: readonly string[],
): Promise<DemoAnswers> {
  const [first = ''] = featureNames;
  const json = 'application/json';
  const asks: readonly Ask[] = [
    { title: 'GET /ping', path: '/ping', expect: 200 },
    {
      title: `POST /predict ${cases.join(', ')}`,
      path: '/predict',
      expect: 200,
      contentType: json,
      body: JSON.stringify({ cases }),
    },
    {
      title: 'POST /invocations (JSON, one record)',
      path: '/invocations',
      expect: 200,
      contentType: json,
      body: JSON.stringify({ instances: [{ AgeatHistologicalDiagnosis: 71, PackYears: 40 }] }),
    },
    {
      title: 'POST /invocations (CSV, all inputs missing but one)',
      path: '/invocations',
      expect: 200,
      contentType: 'text/csv',
      body: featureNames.map((_, i) => (i === 0 ? '1.5' : '')).join(','),
    },
    {
      title: `POST /invocations ("${first}" is no number: refused)`,
      path: '/invocations',
      expect: 422,
      contentType: json,
      body: JSON.stringify({ instances: [{ [first]: 'high' }] }),
    },
  ];
  const requests: DemoRequest[] = [];
  for (const ask of asks) requests.push(await send(url, ask));
  return { url, requests };
}

async function send(url: string, { title, path, expect, contentType, body }: Ask): Promise<DemoRequest> {
  const start = performance.now();
  const reply = await fetch(`${url}${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body }),
    ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
  });
  const text = await reply.text();
  const milliseconds = Math.round((performance.now() - start) * 10) / 10;
  if (reply.status !== expect) {
    throw new CliError('CLI_DEMO_REQUEST', cliErrors.CLI_DEMO_REQUEST(title, reply.status, text.slice(0, 300)));
  }
  return { request: title, status: reply.status, milliseconds, answer: shortened(text) };
}

function shortened(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}
