import type { FastifyInstance } from 'fastify';
import { buildApp, ModelHost, readModel } from '../../serving/index.js';
import { type StudioSources, studioExtension } from '../server/index.js';

/** The studio's routes without a port. */
export function studioApp(sources: Omit<StudioSources, 'models'>): FastifyInstance {
  const models = new ModelHost({ read: readModel });
  return buildApp({ models, extensions: [studioExtension({ models, ...sources })] });
}

/** Status and parsed body of a GET. */
export async function got(
  app: FastifyInstance,
  path: string,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const reply = await app.inject(path);
  return { status: reply.statusCode, body: reply.json() };
}
