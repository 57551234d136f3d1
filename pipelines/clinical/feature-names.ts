/**
 * The reference solution's name of a column: its header without `- space % / < > ( ) = , :`, cut to 60 characters when it would
 * have 64 or more.
 */
export function storedName(name: string): string {
  const kept = name.replace(/[- %/<>()=,:]/g, '');
  return kept.length >= 64 ? kept.slice(0, 60) : kept;
}

/** Name of the one-hot column of a category: what `pandas.get_dummies` makes of it (`<column>_<value>`), then `storedName`. */
export function oneHotName(header: string, value: string): string {
  return storedName(`${header}_${value}`);
}

/** Name of the number that stands for a category with an order. */
export function orderedName(header: string): string {
  return `${storedName(header)}_ordered`;
}
