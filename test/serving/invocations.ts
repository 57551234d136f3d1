import type { FastifyInstance } from 'fastify';

type Headers = Readonly<Record<string, string>>;

/** `POST /invocations` to an app that does not listen, as CSV or as JSON (text is sent as it is). */
export function invocationsOf(app: FastifyInstance) {
  const post = (payload: string, headers: Headers) =>
    app.inject({ method: 'POST', url: '/invocations', payload, headers });
  return {
    csv: (payload: string, headers: Headers = {}) => post(payload, { 'content-type': 'text/csv', ...headers }),
    json: (payload: unknown, headers: Headers = {}) =>
      post(typeof payload === 'string' ? payload : JSON.stringify(payload), {
        'content-type': 'application/json',
        ...headers,
      }),
  };
}
