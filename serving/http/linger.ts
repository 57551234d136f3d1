import type { Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';

/** Stops accepting, ends each connection with its next reply, and waits until all have ended, for `ms` at most. */
export function linger(server: HttpServer, ms: number, until?: AbortSignal): Promise<void> {
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    until?.addEventListener('abort', done, { once: true });
    if (until?.aborted) done();
    // The close of an HTTP server would cut connections off that are idle at the moment.
    NetServer.prototype.close.call(server, done);
  });
}
