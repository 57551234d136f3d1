/**
 * Why a signed request is refused: the names that the cloud's clients know, with status and sentence.
 * Statuses as in AWS's list of errors common to all services; `InvalidSignatureException` is what its JSON services say for a wrong signature.
 */
export const signatureErrors = {
  MissingAuthenticationToken: {
    status: 403,
    sentence: () => 'The request is not signed: the header Authorization with AWS4-HMAC-SHA256 is missing',
  },
  IncompleteSignature: {
    status: 403,
    sentence: (what: string) => `The signature does not conform to Signature Version 4: ${what}`,
  },
  UnrecognizedClientException: {
    status: 403,
    sentence: (what: string) => `The credentials of the request are not known to this server: ${what}`,
  },
  InvalidSignatureException: {
    status: 403,
    sentence: (what: string) =>
      `The signature does not match the one this server calculated: ${what}; check the secret access key and the signing method`,
  },
  RequestExpired: {
    status: 400,
    sentence: (signed: string, now: string, minutes: number) =>
      `Signature expired: it is of ${signed}, the server's clock says ${now}; at most ${minutes} minutes may lie between them`,
  },
} as const;

export type SignatureErrorName = keyof typeof signatureErrors;

/** A request whose signature is not accepted; `awsName` and `status` are what the reply says. */
export class SignatureError extends Error {
  readonly status: number;
  constructor(
    readonly awsName: SignatureErrorName,
    message: string,
  ) {
    super(message);
    this.name = 'SignatureError';
    this.status = signatureErrors[awsName].status;
  }
}

/** Builds the error of a name from the catalogue's own sentence. */
export function signatureError<Name extends SignatureErrorName>(
  name: Name,
  ...args: Parameters<(typeof signatureErrors)[Name]['sentence']>
): SignatureError {
  const sentence = signatureErrors[name].sentence as (...parts: typeof args) => string;
  return new SignatureError(name, sentence(...args));
}
