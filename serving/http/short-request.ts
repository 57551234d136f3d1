import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReplyType } from './accept.js';
import { type BegunRequest, noteBegun } from './begun-request.js';
import type { BodyFormat } from './body-format.js';
import type { HookedReply, HookedRequest, ServerExtension } from './extension.js';
import { answerInputs, readBody, targetModelHeader } from './invocations.js';
import type { ReadyReply, ReplyQueue } from './reply-queue.js';
import { RequestFacts } from './request-facts.js';
import type { Server } from './server.js';

/** The address that the short path is for. */
export const shortAddress = '/invocations';
/** As the framework knows the route. */
const routeOptions = { url: shortAddress, config: { scope: 'predict', protocol: 'sagemaker' } } as const;
/** Rows of a longer body keep the replies before it waiting too long. */
const quickBytes = 1 << 16;

/** What requests on the short path have in common. */
export interface ShortWay {
  readonly server: Server;
  readonly guards: readonly ServerExtension[];
  readonly watchers: readonly ServerExtension[];
  readonly replies: ReplyQueue;
  /** Headers of a reply whose text has that many bytes. */
  headersFor(type: ReplyType, bytes: number): string[];
  /** Lets the framework answer. */
  leaveTo(raw: IncomingMessage, response: ServerResponse): void;
}

/** Of a refusal nothing is kept: the framework asks the guard again. */
const noReply: HookedReply = { header: () => undefined };

/** A request on the short path. */
export class ShortRequest implements HookedRequest, BegunRequest, ReadyReply {
  readonly method = 'POST';
  readonly url = shortAddress;
  readonly is404 = false;
  readonly routeOptions = routeOptions;
  readonly facts = new RequestFacts();
  guardsPassed = 0;
  body: Buffer | undefined;
  #earlier: Buffer[] | undefined;
  /** Of the reply. */
  #text = '';
  /** Its end is somebody else's matter, or past. */
  #left = false;

  constructor(
    private readonly path: ShortWay,
    private readonly raw: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly format: BodyFormat,
  ) {}

  get headers() {
    return this.raw.headers;
  }

  /** Asks the guards. @returns false when one of them refuses or has to wait */
  admit(): boolean {
    const { guards } = this.path;
    try {
      for (; this.guardsPassed < guards.length; this.guardsPassed++) {
        const waits = guards[this.guardsPassed]?.onRequest?.(this, noReply);
        if (!(waits instanceof Promise)) continue;
        waits.catch(() => undefined);
        noteBegun(this.raw, this);
        return false;
      }
      return true;
    } catch {
      noteBegun(this.raw, this);
      return false;
    }
  }

  collect(chunk: Buffer): void {
    if (this.body === undefined) {
      this.body = chunk;
      return;
    }
    this.#earlier ??= [this.body];
    this.#earlier.push(chunk);
  }

  /** The body is whole. */
  answer(): void {
    if (this.#left) return;
    if (this.#earlier !== undefined) this.body = Buffer.concat(this.#earlier);
    const { path, body } = this;
    if (body !== undefined && body.length > quickBytes) path.replies.flush();
    let text: string | undefined;
    try {
      text = this.#answered();
    } catch {
      // The framework finds the same, and says so.
    }
    this.#left = true;
    if (text === undefined) {
      noteBegun(this.raw, this);
      path.leaveTo(this.raw, this.response);
      return;
    }
    this.#text = text;
    path.replies.add(this);
  }

  get startMs(): number {
    return this.facts.startMs;
  }

  write(): void {
    const { path, response, format } = this;
    // Its connection was lost while it waited.
    if (!response.destroyed) {
      response.writeHead(200, path.headersFor(format.reply, Buffer.byteLength(this.#text)));
      response.end(this.#text);
    }
    this.#time();
  }

  written(): void {
    const { response } = this;
    if (response.writableFinished || response.destroyed) this.#finish();
    else response.once('close', () => this.#end());
  }

  /** Nothing more comes. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#end();
  }

  /** The answer; undefined when its model is not there. */
  #answered(): string | undefined {
    const { path, raw, format, facts } = this;
    const { server } = path;
    const name = (raw.headers[targetModelHeader] as string | undefined) ?? server.defaultModel;
    const model = name === undefined ? undefined : server.models.acquire(name);
    if (model === undefined) return undefined;
    try {
      facts.answeredBy(model);
      const inputs = readBody(server, this, model, format, this.body);
      return answerInputs(server, this, model, inputs, format.reply).text;
    } finally {
      model.release();
    }
  }

  #time(): void {
    this.facts.totalMs = performance.now() - this.startMs;
  }

  #end(): void {
    this.#time();
    this.#finish();
  }

  #finish(): void {
    const { facts, response, path } = this;
    if (response.writableEnded) facts.status = 200;
    for (const watcher of path.watchers) watcher.onResponse?.(facts, this);
  }
}
