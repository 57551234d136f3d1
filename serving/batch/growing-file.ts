import { type FileHandle, open } from 'node:fs/promises';

/** A file that is written from one end to the other. */
export class GrowingFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    /** Bytes that were written. */
    public length: number,
  ) {}

  /** Opens a file and cuts away what is behind `length`; makes it when there is none. @throws a system error with the path */
  static async open(path: string, length: number): Promise<GrowingFile> {
    return withPath(path, async () => {
      const handle = await open(path, length === 0 ? 'w' : 'r+');
      try {
        const { size } = await handle.stat();
        if (size < length) throw new Error(`${path} holds ${size} bytes, ${length} were written`);
        if (size > length) await handle.truncate(length);
        return new GrowingFile(path, handle, length);
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  /** @throws a system error with the path */
  async append(text: string): Promise<void> {
    if (text === '') return;
    const bytes = Buffer.from(text);
    await withPath(this.path, async () => {
      for (let written = 0; written < bytes.length; ) {
        const { bytesWritten } = await this.handle.write(bytes, written, bytes.length - written, this.length + written);
        written += bytesWritten;
      }
    });
    this.length += bytes.length;
  }

  /** Until it would survive a crash of the machine. */
  async sync(): Promise<void> {
    await withPath(this.path, () => this.handle.datasync());
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

async function withPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error && 'code' in error ? Object.assign(error, { path }) : error;
  }
}
