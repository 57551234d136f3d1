/** Text that holds rows: as it is, or as bytes of UTF-8, which are read without making a text of them where they are plain. */
export type RowsText = string | Buffer;

/** The text, with its byte order mark where it has one. */
export function textOf(body: RowsText): string {
  return typeof body === 'string' ? body : body.toString('utf8');
}

/** The bytes behind the byte order mark. */
export function bytesOf(body: RowsText): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
