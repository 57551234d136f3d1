import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ServingError, servingError } from '../errors.js';
import { quoted } from '../predict/index.js';

/** Which methods each address answers. The router itself says so of the patterns of addresses only, not of an address. */
export interface RouteMethods {
  /** Methods that an address answers, in a fixed order; none when there is nothing at it. */
  of(path: string): readonly string[];
}

interface RoutePattern {
  readonly matches: RegExp;
  readonly methods: Set<string>;
}

const order = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Notes every route that is added from now on. */
export function watchRoutes(app: FastifyInstance): RouteMethods {
  const patterns = new Map<string, RoutePattern>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = patterns.get(url) ?? { matches: patternOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) known.methods.add(one);
    patterns.set(url, known);
  });
  return {
    of: (path) => {
      const found = [...patterns.values()].filter(({ matches }) => matches.test(path));
      return order.filter((method) => found.some(({ methods }) => methods.has(method)));
    },
  };
}

/** `/models/:name/invoke` or `/docs/*` as an expression of whole addresses. */
function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    if (segment.startsWith(':')) return '[^/]+';
    return segment === '*' ? '.*' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${segments.join('/')}$`);
}

/** Why a request meets no route: 405 with `Allow` where its address exists for other methods only, else 404. */
export function nothingThere(routes: RouteMethods, request: FastifyRequest, reply: FastifyReply): ServingError {
  const path = request.url.split('?')[0] ?? '/';
  const allowed = routes.of(path);
  if (allowed.length === 0 || allowed.includes(request.method)) return servingError('SERVING_NOT_FOUND', quoted(path));
  reply.header('allow', allowed.join(', '));
  return servingError('SERVING_METHOD', quoted(path), allowed);
}
