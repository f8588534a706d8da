import { createHash } from 'node:crypto';
import type { Database, ObjectReferences } from '#libs/persistence';
import { ObjectNotFound, type ObjectStore } from '#libs/ports';
import type { Difference, DifferenceKind } from './difference.js';
import { pairObjects, referencesSql, type NamedObject } from './pair-objects.js';

/** An object that is younger may still be waiting for its row. */
const GRACE_MS = 60 * 60 * 1000;

export interface VerifyOptions {
  /** read every object and compare its digest with its key */
  deep?: boolean;
  graceMs?: number;
  onDifference: (difference: Difference) => void | Promise<void>;
  /** called now and then with what has been looked at so far */
  onProgress?: (so: Pick<Verification, 'objects' | 'bytes'>) => void;
}

export interface Verification {
  /** objects that rows name, and how many bytes they have in the store */
  objects: number;
  bytes: number;
  /** objects without a row that are younger than the grace */
  arriving: number;
  differences: Record<DifferenceKind, number>;
}

/**
 * Walks database and store side by side and names every difference. Changes nothing; may run beside the servers: what looks wrong is
 * looked at once more before it is named, so that what came or went meanwhile is none.
 */
export class VerifyStore {
  constructor(
    private readonly database: Database,
    private readonly store: ObjectStore,
    private readonly references: readonly ObjectReferences[],
  ) {}

  async run({ deep = false, graceMs = GRACE_MS, onDifference, onProgress }: VerifyOptions): Promise<Verification> {
    const result: Verification = {
      objects: 0,
      bytes: 0,
      arriving: 0,
      differences: { 'object-missing': 0, 'size-differs': 0, 'content-differs': 0, 'object-unreferenced': 0 },
    };
    const tell = async (kind: DifferenceKind, key: string, named?: NamedObject, storedSize: number | null = null) => {
      result.differences[kind] += 1;
      await onDifference({ kind, key, expectedSize: named?.sizes[0] ?? null, storedSize, rows: named?.rows ?? [] });
    };
    for await (const { named, stored } of pairObjects(this.database, this.references, this.store)) {
      if (!named) {
        if (Date.now() - stored!.modifiedAt.getTime() < graceMs) result.arriving += 1;
        else if (!(await this.isNamed(stored!.key)))
          await tell('object-unreferenced', stored!.key, undefined, stored!.size);
        continue;
      }
      result.objects += 1;
      if (result.objects % 1000 === 0) onProgress?.(result);
      const size = stored?.size ?? (await this.store.stat(named.key))?.size;
      if (size === undefined) {
        if (await this.isNamed(named.key)) await tell('object-missing', named.key, named);
        continue;
      }
      result.bytes += size;
      if (named.sizes.some((expected) => expected !== size)) await tell('size-differs', named.key, named, size);
      else if (deep && named.digest && !(await this.isWhatItWas(named))) {
        await tell('content-differs', named.key, named, size);
      }
    }
    return result;
  }

  private async isNamed(key: string): Promise<boolean> {
    const row = await this.database.row(
      `SELECT 1 AS one FROM (${referencesSql(this.references)}) AS named WHERE key = $1 LIMIT 1`,
      [key],
    );
    return row !== undefined;
  }

  private async isWhatItWas({ key, digest }: NamedObject): Promise<boolean> {
    const hash = createHash('sha256').update(digest!.salt);
    let at = 0;
    try {
      for await (const chunk of (await this.store.get(key)) as AsyncIterable<Buffer>) {
        const from = Math.max(0, digest!.skip - at);
        if (from < chunk.length) hash.update(from === 0 ? chunk : chunk.subarray(from));
        at += chunk.length;
      }
    } catch (error) {
      if (error instanceof ObjectNotFound) return false;
      throw error;
    }
    return key.endsWith(`/${hash.digest('hex')}`);
  }
}
