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

  /** The association is still at it, with an instance that takes long. */
  async renew(peer: Peer<Caller>): Promise<void> {
    const studies = this.said.get(peer.associationId);
    if (studies === undefined) return;
    const old = [...studies].filter(([, at]) => Date.now() - at > RENEW_MS);
    await Promise.all(old.map(([studyInstanceUid]) => this.say(peer, studies, studyInstanceUid)));
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
