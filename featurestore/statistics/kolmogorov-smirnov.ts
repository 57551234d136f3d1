/** Above so many pairs the limiting distribution is used. */
const mostExactPairs = 1_000_000;

/**
 * Two-sample Kolmogorov-Smirnov test, two-sided.
 *
 * The exact p-value counts the ways of mixing the samples whose distribution functions come as far apart: a path of m + n steps on a grid
 * leaves the band around the diagonal (Hodges, Ark Mat 1958;3:469-486); ties make it conservative. The limit is Kolmogorov's distribution at
 * D sqrt(mn / (m + n)).
 * @param a ascending, not empty, shape (m)
 * @param b ascending, not empty, shape (n)
 */
export function kolmogorovSmirnov(
  a: Float64Array,
  b: Float64Array,
): { readonly statistic: number; readonly pValue: number } {
  const [m, n] = [a.length, b.length];
  const gap = greatestGap(a, b);
  const statistic = gap / (m * n);
  const pValue =
    m * n <= mostExactPairs ? exactTail(m, n, gap) : kolmogorovTail(statistic * Math.sqrt((m * n) / (m + n)));
  return { statistic, pValue: Math.min(1, Math.max(0, pValue)) };
}

/** Greatest distance of the distribution functions times m n: a whole number. */
function greatestGap(a: Float64Array, b: Float64Array): number {
  const [m, n] = [a.length, b.length];
  let [i, j, gap] = [0, 0, 0];
  while (i < m && j < n) {
    const value = Math.min(a[i] as number, b[j] as number);
    while (i < m && a[i] === value) i++;
    while (j < n && b[j] === value) j++;
    gap = Math.max(gap, Math.abs(i * n - j * m));
  }
  return gap;
}

/** Share of the paths from (0, 0) to (m, n) that touch |i n - j m| >= gap: by the last step, which comes from the left with share i / (i + j). */
function exactTail(m: number, n: number, gap: number): number {
  if (gap === 0) return 1;
  const row = new Float64Array(n + 1);
  // row 0 has no neighbour on the left, column 0 none below
  for (let i = 0; i <= m; i++) {
    for (let j = 0; j <= n; j++) {
      if (Math.abs(i * n - j * m) >= gap) row[j] = 1;
      else if (i + j > 0) row[j] = (i * (row[j] as number) + j * (j === 0 ? 0 : (row[j - 1] as number))) / (i + j);
    }
  }
  return row[n] as number;
}

/** P(K >= x) of Kolmogorov's distribution, by the series that converges fast on either side of 1. */
export function kolmogorovTail(x: number): number {
  if (x <= 0) return 1;
  if (x < 1) {
    const factor = Math.sqrt(2 * Math.PI) / x;
    let sum = 0;
    for (let k = 1; k <= 20; k++) sum += Math.exp((-((2 * k - 1) ** 2) * Math.PI ** 2) / (8 * x * x));
    return 1 - factor * sum;
  }
  let sum = 0;
  for (let k = 1; k <= 20; k++) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return 2 * sum;
}
