import { Registry } from 'prom-client';
import {
  driftExtension,
  type Following,
  type ModelHost,
  registryExtension,
  type ServerExtension,
} from '../../serving/index.js';

/** What watches over a server and its models. */
export interface MonitoringOptions {
  readonly registry?: string;
}

/** The extensions that the options ask for, and what is to be closed with the server. */
export interface Monitoring {
  readonly extensions: readonly ServerExtension[];
  /** What they add to the page of metrics. */
  readonly metrics: Registry;
  close(): Promise<void>;
}

/** @param following what follows the registry, where there is one */
export function openMonitoring(
  { registry }: MonitoringOptions,
  models: ModelHost,
  following: Following | undefined,
): Monitoring {
  const metrics = new Registry();
  const extensions: ServerExtension[] = [driftExtension({ models, registry: metrics })];
  if (registry !== undefined && following !== undefined) {
    // Loaded when a card is asked for: the room is heavy to start, and most servers never need it.
    const checklist = async (...facts: Parameters<typeof import('./model-card.js').cardOf>) =>
      (await (await import('./model-card.js')).cardOf(...facts)).tripod;
    extensions.push(registryExtension({ root: registry, models, following, checklist }));
  }
  return { extensions, metrics, close: async () => undefined };
}
