/** Arrays of XGBoost's models (trees, dart, linear) that hold floats. Its reader refuses an integer there, and takes it everywhere else. */
const floatArrays = new Set([
  'base_weights',
  'leaf_weights',
  'loss_changes',
  'split_conditions',
  'sum_hessian',
  'weight_drop',
  'weights',
]);

/**
 * Text of a parsed XGBoost JSON model that XGBoost itself can load again. `JSON.stringify` would not do: it writes the
 * float 1E0 as 1, which XGBoost reads as an integer and refuses. Numbers keep their float32 value.
 */
export function boosterText(booster: unknown): string {
  return write(booster, false);
}

function write(value: unknown, asFloat: boolean): string {
  if (typeof value === 'number') return asFloat && Number.isInteger(value) ? floatText(value) : JSON.stringify(value);
  if (isList(value)) return `[${Array.from(value, (item) => write(item, asFloat)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${write(item, floatArrays.has(key))}`,
  );
  return `{${members.join(',')}}`;
}

/** Lists of numbers in UBJSON come as typed arrays. */
function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

function floatText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('e') ? text : `${text}E0`;
}
