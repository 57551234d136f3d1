/** Options of `thoracle serve` that say what is served. */
export interface ServedPlaces {
  readonly model?: string;
  readonly models?: string;
  readonly registry?: string;
  readonly pages?: boolean;
}

/** None of them is given: what is served is what the managed platform means. Pages are worth looking at without a model, too. */
export function leftToPlatform({ model, models, registry, pages }: ServedPlaces): boolean {
  return [model, models, registry].every((place) => place === undefined) && pages !== true;
}
