import type { FastifyInstance } from 'fastify';
import { ServingError, servingErrors } from '../errors.js';
import { linger } from './linger.js';

/** Where to listen. */
export interface ListenOptions {
  /** Default `127.0.0.1`: this machine only. The server knows no users, so think before opening it. */
  readonly host?: string;
  /** 0 = any free port. */
  readonly port: number;
  /** How long `close` waits for requests under way. Default 5 s. */
  readonly drainMs?: number;
}

/** A server that listens. */
export interface Listening {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  /**
   * Takes no more connections and goes on answering on those that are there, each of which ends with its next reply. A client that keeps connections is not cut off while it
   * sends; `close` would turn its request away.
   * @param ms how long connections may stay that send nothing
   * @param until aborted: they have waited long enough
   */
  linger(ms: number, until?: AbortSignal): Promise<void>;
  /** Takes no more requests, answers those under way, closes; what has not arrived or is not answered after `drainMs` is given up. */
  close(): Promise<void>;
}

const defaultDrainMs = 5000;

/**
 * Starts listening.
 * @throws ServingError SERVING_PORT_TAKEN, SERVING_PORT_FORBIDDEN, SERVING_BAD_HOST or SERVING_BAD_PORT; the app is closed then
 */
export async function listen(app: FastifyInstance, options: ListenOptions): Promise<Listening> {
  const { host = '127.0.0.1', port, drainMs = defaultDrainMs } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    await app.close();
    throw new ServingError('SERVING_BAD_PORT', servingErrors.SERVING_BAD_PORT(port));
  }
  try {
    const url = await app.listen({ host, port });
    return { url, linger: (ms, until) => linger(app.server, ms, until), close: () => closeApp(app, drainMs) };
  } catch (error) {
    await app.close();
    throw listenError(error, host, port);
  }
}

async function closeApp(app: FastifyInstance, drainMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), drainMs);
  await app.close();
  clearTimeout(timer);
}

function listenError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'EADDRINUSE') {
    return new ServingError('SERVING_PORT_TAKEN', servingErrors.SERVING_PORT_TAKEN(port, host), { cause: error });
  }
  if (code === 'EACCES') {
    return new ServingError('SERVING_PORT_FORBIDDEN', servingErrors.SERVING_PORT_FORBIDDEN(port, host), {
      cause: error,
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EINVAL') {
    return new ServingError('SERVING_BAD_HOST', servingErrors.SERVING_BAD_HOST(host), { cause: error });
  }
  return error;
}
