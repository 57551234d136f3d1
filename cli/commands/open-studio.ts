import type { Output } from '../io.js';
import { stopSignal } from '../stop-signal.js';
import { startServer } from './serve.js';
import type { AccessOptions } from './serve-access.js';

/** What the pages are opened on, and where. */
export interface StudioPlaces extends AccessOptions {
  readonly store?: string;
  readonly cohort?: string;
  readonly model?: string;
  readonly registry?: string;
  readonly port: number;
  readonly host: string;
}

/** Serves the pages, says where, and waits until the person ends it. Pipelines can be run where there are a store and raw files. */
export async function openStudio(places: StudioPlaces, output: Output): Promise<void> {
  const stopped = stopSignal();
  const pipelines = places.store !== undefined && places.cohort !== undefined;
  const server = await startServer({ ...places, pages: true, pipelines }, true);
  const studio = `${server.url}/studio/`;
  output.answer({ url: server.url, studio }, () =>
    [
      `the studio is open at ${studio} (Ctrl-C closes it)`,
      'Research software, not a medical device: not for clinical use.',
    ].join('\n'),
  );
  await stopped;
  await server.close();
}
