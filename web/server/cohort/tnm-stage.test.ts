import { expect, test } from 'vitest';
import { stageGroup } from './tnm-stage.js';

// Goldstraw et al., J Thorac Oncol 2007;2:706-714, table of stage groups, subgroups left out.
test.each([
  ['Tis', 'N0', 'M0', '0'],
  ['T1a', 'N0', 'M0', 'I'],
  ['T2a', 'N0', 'M0', 'I'],
  ['T2b', 'N0', 'M0', 'II'],
  ['T1b', 'N1', 'M0', 'II'],
  ['T2a', 'N1', 'M0', 'II'],
  ['T2b', 'N1', 'M0', 'II'],
  ['T3', 'N0', 'M0', 'II'],
  ['T1a', 'N2', 'M0', 'III'],
  ['T3', 'N1', 'M0', 'III'],
  ['T3', 'N2', 'M0', 'III'],
  ['T4', 'N0', 'M0', 'III'],
  ['T4', 'N1', 'M0', 'III'],
  ['T4', 'N2', 'M0', 'III'],
  ['T1a', 'N0', 'M1a', 'IV'],
  [null, null, 'M1b', 'IV'],
  ['T1a', null, 'M0', undefined],
  ['T1a', 'N0', null, undefined],
  ['Tis', 'N2', 'M0', undefined],
  ['T9', 'N1', 'M0', undefined],
])('%s %s %s is stage %s', (t, n, m, stage) => {
  expect(stageGroup(t, n, m)).toBe(stage);
});
