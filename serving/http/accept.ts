/** What the endpoint can answer with. */
export type ReplyType = 'application/json' | 'application/jsonlines' | 'text/csv';

/** Other names of JSON lines, which nobody has registered under any. */
const otherNames: Readonly<Record<string, ReplyType>> = {
  'application/jsonl': 'application/jsonlines',
  'application/x-jsonlines': 'application/jsonlines',
};

interface Wish {
  readonly type: string;
  readonly quality: number;
  readonly exactness: number;
}

/**
 * Picks the reply's type from an Accept header (RFC 9110, section 12.5.1): highest quality first; `preferred` wins a draw.
 * @returns undefined when nothing on offer is acceptable
 */
export function chooseReplyType(
  accept: string | undefined,
  preferred: ReplyType,
  offered: readonly ReplyType[],
): ReplyType | undefined {
  if (accept === undefined || accept.trim() === '') return preferred;
  const wishes = accept.split(',').map(readWish);
  const order = [preferred, ...offered.filter((type) => type !== preferred)];
  let best: { readonly type: ReplyType; readonly quality: number } | undefined;
  for (const type of order) {
    const quality = qualityOf(type, wishes);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type;
}

function readWish(text: string): Wish {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const type = Object.hasOwn(otherNames, name) ? (otherNames[name] as ReplyType) : name;
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = q === undefined ? 1 : Number(q.slice(2));
  const exactness = type === '*/*' ? 0 : type.endsWith('/*') ? 1 : 2;
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0, exactness };
}

/** The most exact range that covers the type decides, so `text/csv;q=0` beside a wildcard excludes CSV. */
function qualityOf(type: ReplyType, wishes: readonly Wish[]): number {
  const family = `${type.slice(0, type.indexOf('/'))}/*`;
  const matching = wishes.filter((wish) => wish.type === type || wish.type === family || wish.type === '*/*');
  const exact = Math.max(-1, ...matching.map((wish) => wish.exactness));
  return Math.max(0, ...matching.filter((wish) => wish.exactness === exact).map((wish) => wish.quality));
}
