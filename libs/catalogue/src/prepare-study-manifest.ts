import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import { packManifest, type StudyManifest } from './domain/study-manifest.js';
import { FirstPictureRepository } from './first-picture.repository.js';

const compress = promisify(gzip);
/** More instances than this are not gathered in one answer. */
const MOST_INSTANCES = 20_000;

/** The manifest of a study as a derived object. Nothing depends on it: without it the database answers. */
@Injectable()
export class PrepareStudyManifest {
  constructor(
    private readonly firstPictures: FirstPictureRepository,
    private readonly objects: ObjectStore,
  ) {}

  /** @throws Refusal `conflict` / study-too-large */
  async pack(examId: string, studyInstanceUid: string): Promise<StudyManifest> {
    const instances = await this.firstPictures.instances(examId, MOST_INSTANCES + 1);
    if (instances.length > MOST_INSTANCES)
      throw new Refusal(
        'conflict',
        'study-too-large',
        `The study has more than ${MOST_INSTANCES} instances; ask for its series and their metadata.`,
      );
    return packManifest(studyInstanceUid, instances);
  }

  /** Puts it into the store, and has it served from now on, unless the examination has moved on since this version was read. */
  async keep({ examId, version }: { examId: string; version: number }, manifest: StudyManifest): Promise<void> {
    const bytes = await compress(JSON.stringify(manifest));
    const key = `study-manifests/${examId}/${createHash('sha256').update(bytes).digest('hex')}`;
    await this.objects.putBytes(key, bytes);
    const superseded = await this.firstPictures.keepManifest(examId, version, { key, size: bytes.length });
    // The key holds the examination and the digest of the content: what lost its row is used by nobody else.
    for (const old of superseded) await this.objects.remove(old);
  }
}
