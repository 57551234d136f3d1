import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ReplyType } from './accept.js';
import { type BodyFormat, bodyFormat, plainFormats } from './body-format.js';
import { headersOfScope, hooksOf, type ServerExtension } from './extension.js';
import { contentTypes } from './invocations.js';
import { ReplyQueue } from './reply-queue.js';
import type { Server } from './server.js';
import { ShortRequest, type ShortWay, shortAddress } from './short-request.js';

/** Whoever sends one of these wants more than an answer to plain rows. */
const notPlain = [
  'transfer-encoding',
  'content-encoding',
  'expect',
  'prefer',
  'upgrade',
  'x-amzn-sagemaker-inference-id',
  'x-amzn-sagemaker-custom-attributes',
] as const;

/**
 * Puts a short path before the framework: plain rows for `POST /invocations` that can be answered are answered without it, with the same status, headers and body. Whatever
 * is not plain, and every refusal, goes through the framework, with what was read and done before, so that no error has two sources. Not put there when an extension adds
 * hooks of its own to the framework and does not say that they may be passed by.
 */
export function addShortPath(
  app: FastifyInstance,
  server: Server,
  extensions: readonly ServerExtension[],
  bodyLimit: number,
): void {
  if (!mayBeShort(extensions)) return;
  const [framework] = app.server.listeners('request') as RequestListener[];
  if (framework === undefined) return;
  const path = new ShortPath(server, extensions, bodyLimit, (raw, response) =>
    framework.call(app.server, raw, response),
  );
  app.server.removeListener('request', framework).on('request', (raw, response) => path.take(raw, response));
  app.addHook('preClose', async () => {
    path.closing = true;
  });
}

/** No extension has hooks that the short path would pass by unasked. */
export function mayBeShort(extensions: readonly ServerExtension[]): boolean {
  return extensions.every(({ setup, allowsShortPath }) => setup === undefined || allowsShortPath !== undefined);
}

class ShortPath implements ShortWay {
  /** Replies end their connections, and new requests are the framework's to turn away. */
  closing = false;
  readonly guards: readonly ServerExtension[];
  readonly watchers: readonly ServerExtension[];
  readonly replies = new ReplyQueue();
  readonly #askedFirst: readonly ServerExtension[];
  /** Headers of replies by their type; the text's length belongs behind the third. */
  readonly #heads: Readonly<Record<ReplyType, readonly string[]>>;

  constructor(
    readonly server: Server,
    extensions: readonly ServerExtension[],
    readonly bodyLimit: number,
    private readonly framework: (raw: IncomingMessage, response: ServerResponse) => void,
  ) {
    const { guards, watchers } = hooksOf(extensions);
    this.guards = guards;
    this.watchers = watchers;
    this.#askedFirst = extensions.filter((extension) => extension.allowsShortPath !== undefined);
    const ofScope = headersOfScope(extensions, 'predict').flat();
    const head = (type: ReplyType) => ['content-type', contentTypes[type], 'content-length', '0', ...ofScope];
    this.#heads = {
      'text/csv': head('text/csv'),
      'application/json': head('application/json'),
      'application/jsonlines': head('application/jsonlines'),
    };
  }

  /** Answers a request or lets the framework do it. */
  take(raw: IncomingMessage, response: ServerResponse): void {
    const format = this.#isPlain(raw, response) ? formatOf(raw) : undefined;
    if (format === undefined) {
      this.leaveTo(raw, response);
      return;
    }
    const request = new ShortRequest(this, raw, response, format);
    if (!request.admit()) {
      this.leaveTo(raw, response);
      return;
    }
    raw.on('data', (chunk: Buffer) => request.collect(chunk));
    raw.on('end', () => request.answer());
    // Ends before its time when the connection is lost.
    raw.on('close', () => request.leave());
  }

  /** Lets the framework answer, which may take it long. */
  leaveTo(raw: IncomingMessage, response: ServerResponse): void {
    this.replies.flush();
    this.framework(raw, response);
  }

  headersFor(type: ReplyType, bytes: number): string[] {
    const headers = this.#heads[type].slice();
    headers[3] = String(bytes);
    if (this.closing) headers.push('connection', 'close');
    return headers;
  }

  #isPlain({ url, method, httpVersion, headers }: IncomingMessage, { socket }: ServerResponse): boolean {
    // Without a socket the reply has to wait for that to an earlier request of the connection.
    if (url !== shortAddress || method !== 'POST' || httpVersion !== '1.1' || this.closing || socket === null)
      return false;
    const length = Number(headers['content-length']);
    if (!(length > 0 && length <= this.bodyLimit)) return false;
    for (const name of notPlain) if (headers[name] !== undefined) return false;
    for (const extension of this.#askedFirst) if (extension.allowsShortPath?.() !== true) return false;
    return true;
  }
}

/** How a body is read and answered; undefined when its type is not named in the plainest way, or the reply's cannot be had. */
function formatOf({ headers }: IncomingMessage): BodyFormat | undefined {
  if (!Object.hasOwn(plainFormats, headers['content-type'] ?? '')) return undefined;
  try {
    return bodyFormat({ headers });
  } catch {
    return undefined;
  }
}
