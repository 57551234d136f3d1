/** A value as it leaves the store. Timestamps are ISO 8601 strings in UTC; missing is null. */
export type StoreValue = string | number | boolean | null;
