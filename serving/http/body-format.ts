import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServingError, servingError, servingErrors } from '../errors.js';
import type { HeaderChoice } from '../rows/csv-rows.js';
import type { RowsFormat } from '../rows/read-rows.js';
import { chooseReplyType, type ReplyType } from './accept.js';

/** The media types of bodies, with the format of each. */
export const bodyTypes: Readonly<Record<string, RowsFormat>> = {
  'text/csv': 'csv',
  'application/json': 'json',
  'application/jsonlines': 'jsonl',
  'application/x-jsonlines': 'jsonl',
  'application/jsonl': 'jsonl',
};

/** What a reply may be, and what each kind of body is answered with when the client does not mind. */
export const replyTypes: Readonly<Record<RowsFormat, ReplyType>> = {
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/jsonlines',
};

const offered = Object.values(replyTypes);

/** How a body is read and answered, as its headers say. */
export interface BodyFormat {
  readonly format: RowsFormat;
  readonly header: HeaderChoice;
  readonly reply: ReplyType;
}

/** By the plainest way of naming a type, which needs no reading. */
export const plainFormats: Readonly<Record<string, BodyFormat>> = Object.fromEntries(
  Object.entries(bodyTypes).map(([type, format]) => [type, { format, header: 'auto', reply: replyTypes[format] }]),
);

/**
 * Reads `Content-Type` and `Accept`. A body without a type is taken as JSON. `text/csv; header=present` and `header=absent` (RFC 4180, section 3) settle what is otherwise
 * told from the first row.
 * @throws ServingError SERVING_UNSUPPORTED_MEDIA_TYPE, SERVING_NOT_ACCEPTABLE
 */
export function bodyFormat({ headers }: Pick<FastifyRequest, 'headers'>): BodyFormat {
  const { accept } = headers;
  const contentType = headers['content-type'] ?? 'application/json';
  const known = Object.hasOwn(plainFormats, contentType) ? plainFormats[contentType] : undefined;
  if (known !== undefined && (accept === undefined || accept === '*/*')) return known;
  const type = mediaType(contentType);
  const format = Object.hasOwn(bodyTypes, type) ? bodyTypes[type] : undefined;
  if (format === undefined) {
    const message = servingErrors.SERVING_UNSUPPORTED_MEDIA_TYPE(offered);
    throw new ServingError('SERVING_UNSUPPORTED_MEDIA_TYPE', message);
  }
  const reply = chooseReplyType(accept, replyTypes[format], offered);
  if (reply === undefined) {
    throw new ServingError('SERVING_NOT_ACCEPTABLE', servingErrors.SERVING_NOT_ACCEPTABLE(offered));
  }
  return { format, header: headerChoice(contentType), reply };
}

/** The types of bodies that routes take; a body that nothing is said of is taken as JSON. */
export function readBodiesAs(app: FastifyInstance, parseAs: 'string' | 'buffer'): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(Object.keys(bodyTypes), { parseAs }, (_request, body, done) => done(null, body));
  app.addContentTypeParser('*', { parseAs }, (request, body, done) => {
    if (request.headers['content-type'] === undefined) done(null, body);
    else done(servingError('SERVING_UNSUPPORTED_MEDIA_TYPE', offered));
  });
}

/** `text/csv` of `Text/CSV; charset=utf-8`. */
export function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** @throws ServingError SERVING_UNSUPPORTED_MEDIA_TYPE when the body is said to be anything but JSON */
export function requireJson({ headers }: FastifyRequest): void {
  const contentType = headers['content-type'];
  if (contentType === undefined || mediaType(contentType) === 'application/json') return;
  const message = servingErrors.SERVING_UNSUPPORTED_MEDIA_TYPE(['application/json']);
  throw new ServingError('SERVING_UNSUPPORTED_MEDIA_TYPE', message);
}

function headerChoice(contentType: string): HeaderChoice {
  const said = /;\s*header\s*=\s*"?(present|absent)"?/i.exec(contentType)?.[1]?.toLowerCase();
  return said === 'present' || said === 'absent' ? said : 'auto';
}
