import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { ObjectStore } from '#libs/ports';
import { RetrievalRepository, type MetadataText } from './retrieval.repository.js';

const compress = promisify(gzip);

/**
 * The compressed DICOM JSON of a series as a derived object, so that one read of one object answers for its metadata. Links to bulk data
 * are absolute, so there is one object for each base under which callers reach us. Nothing depends on it: without it the database answers.
 */
@Injectable()
export class PrepareSeriesMetadata {
  constructor(
    private readonly retrieval: RetrievalRepository,
    private readonly objects: ObjectStore,
  ) {}

  /** Builds the answer and puts it into the store; to be kept by `keep`. */
  async build(seriesId: string, base: string): Promise<{ key: string; gzip: Buffer }> {
    const bytes = await compress(metadataJson(await this.retrieval.metadataOfSeries(seriesId), base));
    const digest = createHash('sha256').update(bytes).digest('hex');
    const key = `series-metadata/${seriesId}/${digest}`;
    await this.objects.putBytes(key, bytes);
    return { key, gzip: bytes };
  }

  /**
   * Has the answer served from now on, unless the examination has moved on since its version was read; then the object is left for the
   * collection of garbage, as is one whose row a late instance took away.
   */
  async keep(
    series: { seriesId: string; examId: string; examVersion: number },
    base: string,
    built: { key: string; gzip: Buffer },
  ): Promise<void> {
    const { superseded } = await this.retrieval.keepPrepared(series, base, { key: built.key, size: built.gzip.length });
    // The key holds the series and the digest of the content: what lost its row is used by nobody else.
    for (const old of superseded) await this.objects.remove(old);
  }
}

/** A DICOM JSON array (PS3.18 F.2) with absolute bulk data links under `base`, which ends before `/studies`. */
export function metadataJson(texts: readonly MetadataText[], base: string): string {
  const parts = texts.map(({ json, ...uids }) => {
    const instance = `${base}/studies/${uids.studyInstanceUid}/series/${uids.seriesInstanceUid}/instances/${uids.sopInstanceUid}`;
    // Within a JSON string a quote is escaped, so this can only be a member.
    return json.replaceAll('"BulkDataURI": "bulk/', `"BulkDataURI": "${instance}/bulkdata/`);
  });
  return `[${parts.join(',\n')}]`;
}
