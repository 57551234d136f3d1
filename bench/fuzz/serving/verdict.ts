import type { WireAnswer, WireReply } from './exchange.js';
import type { WireRequest } from './wire.js';

/** How a request ended, for the table. */
export type Ending = 'answered' | 'refused' | 'closed' | 'busy';

/** What is right about an answer, or why it is not. */
export interface Verdict {
  readonly ending: Ending;
  readonly statuses: readonly number[];
  readonly failures: readonly string[];
}

/** What a refusal must not hold: stacks, files, and what the server was given to keep. */
export interface Secrets {
  readonly texts: readonly string[];
}

const leaks = /node_modules|\bat [\w.<>]+ \(|\.[cm]?[jt]s:\d+|file:\/\/|ENOENT|EACCES|TypeError|RangeError|SyntaxError/;

/** Judges an answer: 4xx or a closed socket; an answer only to what may be well-formed; nothing of the server's inside. */
export function judge(request: WireRequest, answer: WireAnswer, secrets: Secrets): Verdict {
  const failures: string[] = [];
  const { replies } = answer;
  if (answer.refused) failures.push('no connection could be made');
  else if (!answer.ended) failures.push('neither an answer nor the end of the connection');
  if (replies.length > request.mostReplies) {
    failures.push(`${replies.length} replies where at most ${request.mostReplies} were asked for`);
  }
  for (const reply of replies) failures.push(...troubleOf(reply, request.mayAnswer, secrets));
  return { ending: endingOf(replies), statuses: replies.map(({ status }) => status), failures };
}

function endingOf(replies: readonly WireReply[]): Ending {
  if (replies.length === 0) return 'closed';
  if (replies.some(({ status }) => status === 503)) return 'busy';
  return replies.some(({ status }) => status >= 400) ? 'refused' : 'answered';
}

function troubleOf({ status, head, body }: WireReply, mayAnswer: boolean, { texts }: Secrets): readonly string[] {
  const failures: string[] = [];
  if (status === 0) failures.push('bytes that are no reply');
  else if (status === 503 && /^retry-after: \d/im.test(head)) return [];
  else if (status >= 500 && status !== 505) failures.push(`status ${status}: ${body.slice(0, 200)}`);
  else if (status < 400 && !mayAnswer) failures.push(`status ${status} to what should be refused`);
  if (status < 400) return failures;
  const leak = leaks.exec(body)?.[0] ?? texts.find((text) => body.includes(text) || head.includes(text));
  if (leak !== undefined) failures.push(`the refusal holds "${leak}"`);
  if (body !== '' && !isErrorBody(body))
    failures.push(`the refusal is not in a shape of errors: ${body.slice(0, 200)}`);
  return failures;
}

/** `{"error": …}` of ours and of the Open Inference Protocol, `{"message": …}` of the cloud's runtime client. */
function isErrorBody(body: string): boolean {
  try {
    const document = JSON.parse(body) as Readonly<Record<string, unknown>> | null;
    return typeof document === 'object' && document !== null && ('error' in document || 'message' in document);
  } catch {
    return false;
  }
}
