import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '#libs/identity';
import { ReceiveInstance, type InstanceReception } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { DIMSE_STATUS } from '../../command-elements.js';
import type { Peer } from '../../dimse-service.js';
import type { InstanceWriter, StoreOutcome, StoreRequest, StoreSink } from '../../store-sink.js';
import { SendingStudies } from './sending-studies.js';

/** C-STORE statuses for the door's refusals (PS3.4 table B.2-1). */
function statusOf(error: unknown): StoreOutcome {
  const { code, message } = error as { code?: string; message: string };
  if (error instanceof Refusal) {
    if (error.kind === 'unavailable' || error.kind === 'no-room') return { status: 0xa700, comment: error.code };
    if (error.kind === 'forbidden') return { status: 0x0124, comment: error.code };
    if (error.code === 'uid-mismatch') return { status: 0xa900, comment: 'UIDs differ from those announced' };
    return { status: 0xc000, comment: `${error.code}: ${message}` };
  }
  if (code === 'unavailable') return { status: 0xa700, comment: 'unavailable' };
  return { status: 0x0110, comment: 'internal error' };
}

/** Carries what DIMSE receives through the door, and the door's answer back. */
@Injectable()
export class IngestSink implements StoreSink<Caller> {
  private readonly log = new Logger('dimse');

  constructor(
    private readonly receiveInstance: ReceiveInstance,
    private readonly sendingStudies: SendingStudies,
  ) {}

  async open(request: StoreRequest<Caller>): Promise<InstanceWriter> {
    const reception = await this.receiveInstance.openDataset(
      request.caller,
      { transport: 'dimse', sender: request.callingAe },
      {
        sopClassUid: request.affectedSopClassUid,
        sopInstanceUid: request.affectedSopInstanceUid,
        transferSyntaxUid: request.transferSyntaxUid,
      },
    );
    return {
      write: (chunk) => {
        const renewed = this.sendingStudies.renew(request);
        if (renewed !== undefined) void this.aside(renewed);
        return reception.write(chunk);
      },
      abort: () => reception.abort(),
      commit: () => this.commit(reception, request),
    };
  }

  ended(peer: Peer<Caller>, how: 'released' | 'aborted'): Promise<void> {
    return this.sendingStudies.ended(peer, how);
  }

  /** What goes wrong beside an instance does not make it fail. */
  private async aside(work: Promise<void>): Promise<void> {
    await work.catch((error: Error) => this.log.warn(error.message));
  }

  private async commit(reception: InstanceReception, request: StoreRequest<Caller>): Promise<StoreOutcome> {
    try {
      const { outcome, studyInstanceUid } = await reception.commit();
      await this.aside(this.sendingStudies.sending(request, studyInstanceUid));
      if (outcome === 'conflict') return { status: 0xb000, comment: 'another object of this UID is served' };
      return { status: DIMSE_STATUS.success };
    } catch (error) {
      const outcome = statusOf(error);
      const text = `${request.callingAe} ${request.affectedSopInstanceUid}: ${(error as Error).message}`;
      if (outcome.status === 0x0110) this.log.error((error as Error).stack ?? text);
      else this.log.warn(text);
      return outcome;
    }
  }
}
