/** Stage groups of TNM 7, without their subgroups. */
export type StageGroup = '0' | 'I' | 'II' | 'III' | 'IV';

const withoutNodes: Readonly<Record<string, StageGroup>> = {
  Tis: '0',
  T1a: 'I',
  T1b: 'I',
  T2a: 'I',
  T2b: 'II',
  T3: 'II',
  T4: 'III',
};
const withHilarNodes: Readonly<Record<string, StageGroup>> = {
  T1a: 'II',
  T1b: 'II',
  T2a: 'II',
  T2b: 'II',
  T3: 'III',
  T4: 'III',
};

/**
 * The stage group of a lung tumour by the seventh edition of TNM.
 * @returns undefined where a part is not known or the parts make no stage
 * @see Goldstraw et al., J Thorac Oncol 2007;2:706-714
 */
export function stageGroup(t: unknown, n: unknown, m: unknown): StageGroup | undefined {
  if (m === 'M1a' || m === 'M1b') return 'IV';
  if (m !== 'M0' || typeof t !== 'string') return undefined;
  if (n === 'N0') return withoutNodes[t];
  if (n === 'N1') return withHilarNodes[t];
  return n === 'N2' && t in withHilarNodes ? 'III' : undefined;
}
