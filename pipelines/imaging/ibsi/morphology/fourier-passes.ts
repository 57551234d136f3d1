/** Real and imaginary parts of a line of complex numbers. */
export interface Line {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * One step of the self-sorting (Stockham) transform of a line of n numbers: `done` is the length of the transforms that are
 * finished, each group of as many of them as the pass is named after becomes one.
 * @param turns exp(-2 pi i k / n); shape (n)
 * @see Van Loan, Computational Frameworks for the Fast Fourier Transform (1992), section 1.7
 */
export type Pass = (done: number, from: Line, to: Line, turns: Line) => void;

const passOf2: Pass = (done, { re, im }, to, { re: cos, im: sin }) => {
  const n = re.length;
  const groups = n / (done * 2);
  const apart = n / 2;
  for (let k = 0; k < done; k++) {
    const c = cos[k * groups] as number;
    const s = sin[k * groups] as number;
    for (let at = k, target = k; at < apart; at += done, target += 2 * done) {
      const x = re[at + apart] as number;
      const y = im[at + apart] as number;
      const a = x * c - y * s;
      const b = x * s + y * c;
      const p = re[at] as number;
      const q = im[at] as number;
      to.re[target] = p + a;
      to.im[target] = q + b;
      to.re[target + done] = p - a;
      to.im[target + done] = q - b;
    }
  }
};

const SIN_THIRD = Math.sqrt(3) / 2;

const passOf3: Pass = (done, { re, im }, to, { re: cos, im: sin }) => {
  const n = re.length;
  const groups = n / (done * 3);
  const apart = n / 3;
  for (let k = 0; k < done; k++) {
    const c1 = cos[k * groups] as number;
    const s1 = sin[k * groups] as number;
    const c2 = cos[2 * k * groups] as number;
    const s2 = sin[2 * k * groups] as number;
    for (let at = k, target = k; at < apart; at += done, target += 3 * done) {
      const x1 = re[at + apart] as number;
      const y1 = im[at + apart] as number;
      const x2 = re[at + 2 * apart] as number;
      const y2 = im[at + 2 * apart] as number;
      const a1 = x1 * c1 - y1 * s1;
      const b1 = x1 * s1 + y1 * c1;
      const a2 = x2 * c2 - y2 * s2;
      const b2 = x2 * s2 + y2 * c2;
      const sa = a1 + a2;
      const sb = b1 + b2;
      const da = SIN_THIRD * (a1 - a2);
      const db = SIN_THIRD * (b1 - b2);
      const p = re[at] as number;
      const q = im[at] as number;
      const ha = p - sa / 2;
      const hb = q - sb / 2;
      to.re[target] = p + sa;
      to.im[target] = q + sb;
      to.re[target + done] = ha + db;
      to.im[target + done] = hb - da;
      to.re[target + 2 * done] = ha - db;
      to.im[target + 2 * done] = hb + da;
    }
  }
};

const passOf4: Pass = (done, { re, im }, to, { re: cos, im: sin }) => {
  const n = re.length;
  const groups = n / (done * 4);
  const apart = n / 4;
  for (let k = 0; k < done; k++) {
    const c1 = cos[k * groups] as number;
    const s1 = sin[k * groups] as number;
    const c2 = cos[2 * k * groups] as number;
    const s2 = sin[2 * k * groups] as number;
    const c3 = cos[3 * k * groups] as number;
    const s3 = sin[3 * k * groups] as number;
    for (let at = k, target = k; at < apart; at += done, target += 4 * done) {
      const x1 = re[at + apart] as number;
      const y1 = im[at + apart] as number;
      const x2 = re[at + 2 * apart] as number;
      const y2 = im[at + 2 * apart] as number;
      const x3 = re[at + 3 * apart] as number;
      const y3 = im[at + 3 * apart] as number;
      const a1 = x1 * c1 - y1 * s1;
      const b1 = x1 * s1 + y1 * c1;
      const a2 = x2 * c2 - y2 * s2;
      const b2 = x2 * s2 + y2 * c2;
      const a3 = x3 * c3 - y3 * s3;
      const b3 = x3 * s3 + y3 * c3;
      const p = re[at] as number;
      const q = im[at] as number;
      to.re[target] = p + a2 + (a1 + a3);
      to.im[target] = q + b2 + (b1 + b3);
      to.re[target + done] = p - a2 + (b1 - b3);
      to.im[target + done] = q - b2 - (a1 - a3);
      to.re[target + 2 * done] = p + a2 - (a1 + a3);
      to.im[target + 2 * done] = q + b2 - (b1 + b3);
      to.re[target + 3 * done] = p - a2 - (b1 - b3);
      to.im[target + 3 * done] = q - b2 + (a1 - a3);
    }
  }
};

const COS_FIFTH = Math.cos((2 * Math.PI) / 5);
const COS_TWO_FIFTHS = Math.cos((4 * Math.PI) / 5);
const SIN_FIFTH = Math.sin((2 * Math.PI) / 5);
const SIN_TWO_FIFTHS = Math.sin((4 * Math.PI) / 5);

const passOf5: Pass = (done, { re, im }, to, { re: cos, im: sin }) => {
  const n = re.length;
  const groups = n / (done * 5);
  const apart = n / 5;
  // Inputs 1 to 4, turned; sums and differences of those that mirror each other.
  const a = new Float64Array(5);
  const b = new Float64Array(5);
  for (let k = 0; k < done; k++) {
    for (let at = k, target = k; at < apart; at += done, target += 5 * done) {
      for (let r = 1; r < 5; r++) {
        const x = re[at + r * apart] as number;
        const y = im[at + r * apart] as number;
        const c = cos[r * k * groups] as number;
        const s = sin[r * k * groups] as number;
        a[r] = x * c - y * s;
        b[r] = x * s + y * c;
      }
      const p = re[at] as number;
      const q = im[at] as number;
      const sa1 = (a[1] as number) + (a[4] as number);
      const sb1 = (b[1] as number) + (b[4] as number);
      const sa2 = (a[2] as number) + (a[3] as number);
      const sb2 = (b[2] as number) + (b[3] as number);
      const da1 = (a[1] as number) - (a[4] as number);
      const db1 = (b[1] as number) - (b[4] as number);
      const da2 = (a[2] as number) - (a[3] as number);
      const db2 = (b[2] as number) - (b[3] as number);
      to.re[target] = p + sa1 + sa2;
      to.im[target] = q + sb1 + sb2;
      const e1 = p + COS_FIFTH * sa1 + COS_TWO_FIFTHS * sa2;
      const f1 = q + COS_FIFTH * sb1 + COS_TWO_FIFTHS * sb2;
      const e2 = p + COS_TWO_FIFTHS * sa1 + COS_FIFTH * sa2;
      const f2 = q + COS_TWO_FIFTHS * sb1 + COS_FIFTH * sb2;
      const g1 = SIN_FIFTH * da1 + SIN_TWO_FIFTHS * da2;
      const h1 = SIN_FIFTH * db1 + SIN_TWO_FIFTHS * db2;
      const g2 = SIN_TWO_FIFTHS * da1 - SIN_FIFTH * da2;
      const h2 = SIN_TWO_FIFTHS * db1 - SIN_FIFTH * db2;
      to.re[target + done] = e1 + h1;
      to.im[target + done] = f1 - g1;
      to.re[target + 2 * done] = e2 + h2;
      to.im[target + 2 * done] = f2 - g2;
      to.re[target + 3 * done] = e2 - h2;
      to.im[target + 3 * done] = f2 + g2;
      to.re[target + 4 * done] = e1 - h1;
      to.im[target + 4 * done] = f1 + g1;
    }
  }
};

/** The passes by how many transforms they join. */
export const passes = { 4: passOf4, 2: passOf2, 3: passOf3, 5: passOf5 } as const;
