import { Injectable } from '@nestjs/common';
import {
  DicomFormatError,
  readAttributes,
  transferSyntaxOf,
  EXPLICIT_VR_LITTLE_ENDIAN,
  type DicomJson,
} from '#libs/formats/dicom';
import { Spool } from '#libs/ingest';
import { ObjectStore } from '#libs/ports';
import { CatalogueRepository, type InstanceLocation } from './catalogue.repository.js';
import { openDataSet } from './stored-data-set.js';

/** A document's content whole, long values among it. */
export interface StoredDocument {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopClassUid: string;
  /** undefined: too large or not readable */
  readonly content: DicomJson | undefined;
  /** little endian bytes behind a BulkDataURI */
  bulk(uri: string): Buffer | undefined;
}

const MOST_DOCUMENTS = 100;
const LARGEST = 8 * 1024 * 1024;

/** SR and key object documents of an examination, from the bytes as they came. */
@Injectable()
export class ReadDocuments {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly objects: ObjectStore,
    private readonly spool: Spool,
  ) {}

  /** The latest received first, a hundred at most; `except` are left out. */
  async ofExam(examId: string, except: ReadonlySet<string>): Promise<StoredDocument[]> {
    const found = await this.catalogue.documentsOfExam(examId, MOST_DOCUMENTS + except.size);
    const wanted = found.filter((place) => !except.has(place.sopInstanceUid)).slice(0, MOST_DOCUMENTS);
    const documents: StoredDocument[] = [];
    for (const place of wanted) documents.push(await this.one(place));
    return documents;
  }

  private async one(place: InstanceLocation): Promise<StoredDocument> {
    const { sopInstanceUid, seriesInstanceUid, sopClassUid } = place;
    const unread = { sopInstanceUid, seriesInstanceUid, sopClassUid, content: undefined, bulk: () => undefined };
    if (place.sizeBytes > LARGEST) return unread;
    const stored = await openDataSet(this.objects, this.spool, place);
    try {
      if (stored.size > LARGEST) return unread;
      const bytes = await stored.read({ offset: 0, length: stored.size });
      const syntax = transferSyntaxOf(place.transferSyntaxUid);
      // What was deflated is inflated by now, and was explicit little endian before.
      const coding = syntax?.deflated ? EXPLICIT_VR_LITTLE_ENDIAN : place.transferSyntaxUid;
      const { attributes, bulk } = readAttributes(bytes, coding, { complete: true });
      return {
        ...unread,
        content: attributes,
        bulk: (uri) => {
          const range = bulk[uri];
          if (!range) return undefined;
          const value = Buffer.from(bytes.subarray(range.offset, range.offset + range.length));
          return syntax?.bigEndian ? value.subarray(0, value.length - (value.length % 4)).swap32() : value;
        },
      };
    } catch (error) {
      if (error instanceof DicomFormatError) return unread;
      throw error;
    } finally {
      await stored.close();
    }
  }
}
