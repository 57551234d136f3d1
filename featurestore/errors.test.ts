import { expect, test } from 'vitest';
import { StoreError, storeError, storeErrors } from './errors.js';

test('an error has its code, its name and the catalogue’s sentence', () => {
  const error = storeError('STORE_UNKNOWN_VERSION', 'clinical', 7, 2);
  expect(error).toBeInstanceOf(StoreError);
  expect([error.name, error.code]).toEqual(['StoreError', 'STORE_UNKNOWN_VERSION']);
  expect(error.message).toBe('Group "clinical" has no version 7; its versions are 1 to 2');
});

test.each(Object.entries(storeErrors))('%s is one sentence', (code, sentence) => {
  expect(code).toMatch(/^STORE_[A-Z_]+$/);
  const message = (sentence as (...args: string[]) => string)('a', 'b', 'c', 'd', 'e');
  expect(message).toMatch(/^[A-Z][^\n]*[^.\s]$/);
});
