import { hash } from 'node:crypto';
import { badField } from './errors.js';

/**
 * A token for the next page: where it starts and, so that it cannot be used with another question, a digest of what was asked.
 */
export function toToken(start: number, question: string): string {
  return Buffer.from(`${start}.${digest(question)}`).toString('base64url');
}

/** @returns where the page starts; 0 without a token. @throws RequestError when the token was not made for this question */
export function readPage(token: string | undefined, question: string): number {
  if (token === undefined) return 0;
  const [start, made] = Buffer.from(token, 'base64url').toString('latin1').split('.');
  if (start === undefined || !/^\d{1,9}$/.test(start) || made !== digest(question)) {
    throw badField('NextToken', 'was not given by this server for this question');
  }
  return Number(start);
}

function digest(question: string): string {
  return hash('sha256', question).slice(0, 16);
}
