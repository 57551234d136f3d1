import { expect, test } from 'vitest';
import { isPrivate } from './private-file.js';

test('secrets: own files for the owner alone, files of the superuser for the group too, as they are mounted into a container', () => {
  const owned = (mode: number) => isPrivate({ mode, uid: 1000 }, 1000);
  const mounted = (mode: number) => isPrivate({ mode, uid: 0 }, 1000);
  expect([0o600, 0o400, 0o640, 0o604].map(owned)).toEqual([true, true, false, false]);
  expect([0o600, 0o440, 0o640, 0o660, 0o644].map(mounted)).toEqual([true, true, true, false, false]);
  expect(isPrivate({ mode: 0o640, uid: 0 }, 0)).toBe(false);
});
