import type { FastifyInstance } from 'fastify';
import { ServingError, servingErrors } from '../errors.js';

/** Where to listen. */
export interface ListenOptions {
  /** Default `127.0.0.1`: this machine only. The server knows no users, so think before opening it. */
  readonly host?: string;
  /** 0 = any free port. */
  readonly port: number;
}

/** A server that listens. */
export interface Listening {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  /** Takes no more requests, answers those under way, closes; a request that has not arrived within 5 s is given up. */
  close(): Promise<void>;
}

const graceMs = 5000;

/**
 * Starts listening.
 * @throws ServingError SERVING_PORT_TAKEN, SERVING_PORT_FORBIDDEN, SERVING_BAD_HOST or SERVING_BAD_PORT; the app is closed then
 */
export async function listen(app: FastifyInstance, { host = '127.0.0.1', port }: ListenOptions): Promise<Listening> {
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    await app.close();
    throw new ServingError('SERVING_BAD_PORT', servingErrors.SERVING_BAD_PORT(port));
  }
  try {
    const url = await app.listen({ host, port });
    return { url, close: () => closeApp(app) };
  } catch (error) {
    await app.close();
    throw listenError(error, host, port);
  }
}

async function closeApp(app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
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
