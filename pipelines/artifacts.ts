import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { threadId } from 'node:worker_threads';
import { systemReason } from '../system-reason.js';
import { PipelineError, pipelineErrors } from './errors.js';
import type { Artifact } from './stage.js';

/**
 * Writes artifacts below a folder; each file is there whole or not at all, replacing one of that name.
 * @returns the file names as given
 * @throws PipelineError PIPELINE_ARTIFACT naming the file, also when its name leads out of the folder
 */
export async function writeArtifacts(folder: string, artifacts: readonly Artifact[]): Promise<readonly string[]> {
  for (const { fileName, bytes } of artifacts) {
    const inside = normalize(fileName);
    if (isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`)) {
      throw failure(fileName, 'the name leads out of the folder');
    }
    const target = join(folder, inside);
    const temporary = join(dirname(target), `.${basename(target)}.${process.pid}-${threadId}.part`);
    try {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(temporary, bytes);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw failure(fileName, systemReason(error), error);
    }
  }
  return artifacts.map(({ fileName }) => fileName);
}

function failure(fileName: string, reason: string, cause?: unknown): PipelineError {
  return new PipelineError('PIPELINE_ARTIFACT', pipelineErrors.PIPELINE_ARTIFACT(fileName, reason), { cause });
}
