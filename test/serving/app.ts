import type { FastifyInstance } from 'fastify';
import { type AppOptions, buildApp } from '../../serving/http/app.js';
import type { ModelContent } from '../../serving/models/loaded-model.js';
import { ModelHost } from '../../serving/models/model-host.js';

/** A server of one model, called `model`, that does not listen. */
export function appOf(
  content: Omit<ModelContent, 'bytes'>,
  options: Omit<AppOptions, 'models' | 'defaultModel'> = {},
): FastifyInstance {
  return buildApp({ models: ModelHost.of('model', content), defaultModel: 'model', ...options });
}
