import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type ServingError, servingError } from '../errors.js';
import { errorReply } from './error-reply.js';

/** Node keeps the reply that a connection owes here; it is how its own handler tells whether one was begun. */
type HttpSocket = Socket & { readonly _httpMessage?: ServerResponse<IncomingMessage> | null };

const reasonPhrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
};
/** For the client to read the reply before the connection is cut; one that never closes its side would keep it open for good. */
const lingerMs = 1000;

/**
 * What is no HTTP, or never comes to an end: answered in the shape of every other error, then the connection ends. Nothing is written while an answer to an earlier
 * request of the connection is under way, since a client would take it for that answer.
 */
export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: HttpSocket): void {
  const owed = socket._httpMessage ?? undefined;
  const answering = owed !== undefined && (owed.headersSent || owed.req.complete);
  if (error.code === 'ECONNRESET' || !socket.writable || answering) {
    socket.destroy();
    return;
  }
  const { status, body } = errorReply(brokenRequest(error.code));
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${reasonPhrases[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer)).resume();
}

function brokenRequest(code: string | undefined): ServingError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return servingError('SERVING_REQUEST_TIMEOUT');
    case 'HPE_HEADER_OVERFLOW':
      return servingError('SERVING_HEADERS_TOO_LARGE');
    default:
      return servingError('SERVING_BAD_REQUEST');
  }
}
