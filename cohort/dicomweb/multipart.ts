/**
 * The parts of a multipart/related body (RFC 2046 section 5.1), without their headers.
 * @param contentType of the answer; it names the boundary
 * @returns undefined when there is no boundary, or the body ends without its last one
 */
export function multipartBodies(contentType: string, body: Buffer): readonly Buffer[] | undefined {
  const found = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) return undefined;
  const mark = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Buffer[] = [];
  let at = body.indexOf(mark);
  while (at >= 0) {
    const after = at + mark.length;
    if (body.toString('latin1', after, after + 2) === '--') return parts;
    const content = body.indexOf('\r\n\r\n', after);
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), after);
    if (content < 0 || next < 0) return undefined;
    // A part without content has its end where its headers end.
    parts.push(body.subarray(Math.min(content + 4, next), next));
    at = next + 2;
  }
  return undefined;
}
