import type { FileHandle } from 'node:fs/promises';

/** Bytes that end before what their structure promises. */
export class CutOffError extends Error {
  override readonly name = 'CutOffError';

  /** @param patientId whose file it is, when that stood before the end */
  constructor(
    message: string,
    readonly patientId?: string,
  ) {
    super(message);
  }
}

/**
 * A movable window onto a file (or onto bytes in memory), so that a header is read without reading the pixels.
 * Positions are absolute byte offsets.
 */
export class ByteWindow {
  private constructor(
    private readonly handle: FileHandle | undefined,
    private bytes: Buffer,
    private start: number,
    readonly size: number,
  ) {}

  /** @param head the first bytes of the file, already read; @param size of the whole file in bytes */
  static ofFile(handle: FileHandle, head: Buffer, size: number): ByteWindow {
    return new ByteWindow(handle, head, 0, size);
  }

  static ofBytes(bytes: Buffer): ByteWindow {
    return new ByteWindow(undefined, bytes, 0, bytes.length);
  }

  /** True when [position, position + length) can be taken without reading. */
  has(position: number, length: number): boolean {
    return position >= this.start && position + length <= this.start + this.bytes.length;
  }

  /**
   * Moves the window so that it covers [position, position + length).
   * @throws CutOffError when the file ends before
   */
  async load(position: number, length: number): Promise<void> {
    if (this.has(position, length)) return;
    if (position + length > this.size || this.handle === undefined) {
      throw new CutOffError(`the file ends after ${this.size} bytes, ${position + length} are needed`);
    }
    const wanted = Math.min(Math.max(length, 4096), this.size - position);
    const bytes = Buffer.allocUnsafe(wanted);
    const { bytesRead } = await this.handle.read(bytes, 0, wanted, position);
    if (bytesRead < length) throw new CutOffError(`the file ends after ${position + bytesRead} bytes`);
    this.bytes = bytes.subarray(0, bytesRead);
    this.start = position;
  }

  /** The bytes of [position, position + length), which `has` or `load` made present; a view, valid until the next load. */
  take(position: number, length: number): Buffer {
    return this.bytes.subarray(position - this.start, position - this.start + length);
  }

  uint16(position: number, bigEndian: boolean): number {
    const at = position - this.start;
    return bigEndian ? this.bytes.readUInt16BE(at) : this.bytes.readUInt16LE(at);
  }

  uint32(position: number, bigEndian: boolean): number {
    const at = position - this.start;
    return bigEndian ? this.bytes.readUInt32BE(at) : this.bytes.readUInt32LE(at);
  }
}
