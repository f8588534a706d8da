import { Injectable } from '@nestjs/common';
import { ExpectInstances } from '#libs/catalogue';
import type { Caller } from '#libs/identity';
import type { Peer } from '../../dimse-service.js';

/** A study that is being sent is said again so often; its lease is three times as long. */
const RENEW_MS = 30_000;

/** Tells the catalogue which studies an association is sending, so that they do not settle under it. */
@Injectable()
export class SendingStudies {
  /** by association and study, when it was last said */
  private readonly said = new Map<string, Map<string, number>>();

  constructor(private readonly expectInstances: ExpectInstances) {}

  /** An instance of the study has been stored. */
  async sending(peer: Peer<Caller>, studyInstanceUid: string): Promise<void> {
    const studies = this.said.get(peer.associationId) ?? new Map<string, number>();
    this.said.set(peer.associationId, studies);
    if (Date.now() - (studies.get(studyInstanceUid) ?? 0) > RENEW_MS) await this.say(peer, studies, studyInstanceUid);
  }

  /** The association is still at it, with an instance that takes long. Undefined, as nearly always: nothing is due. */
  renew(peer: Peer<Caller>): Promise<void> | undefined {
    const studies = this.said.get(peer.associationId);
    if (studies === undefined) return undefined;
    const due: Promise<void>[] = [];
    for (const [studyInstanceUid, at] of studies)
      if (Date.now() - at > RENEW_MS) due.push(this.say(peer, studies, studyInstanceUid));
    return due.length === 0 ? undefined : Promise.all(due).then(() => undefined);
  }

  async ended(peer: Peer<Caller>, how: 'released' | 'aborted'): Promise<void> {
    if (!this.said.delete(peer.associationId)) return;
    await this.expectInstances.sendingEnded(peer.caller.organisation, peer.associationId, how);
  }

  private say(peer: Peer<Caller>, studies: Map<string, number>, studyInstanceUid: string): Promise<void> {
    studies.set(studyInstanceUid, Date.now());
    const { organisation } = peer.caller;
    return this.expectInstances.sending({ organisation, studyInstanceUid, sender: peer.associationId });
  }
}
