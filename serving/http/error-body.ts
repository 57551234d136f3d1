/** The one shape of every error reply. `row` counts from 1, a CSV's header not counted. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly row?: number;
    readonly column?: string;
    readonly reason?: string;
  };
}
