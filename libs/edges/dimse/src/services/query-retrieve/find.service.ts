import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { FindAttributes, type AttributeQuery, type QueryLevel } from '#libs/catalogue';
import { keywordOf, type DicomJson } from '#libs/formats/dicom';
import { demand, scopeOf, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { COMMAND_FIELD, DIMSE_STATUS } from '../../command-elements.js';
import type { DimseService, FinalAnswer, Operation, ServiceRequest } from '../../dimse-service.js';
import { CallingAe } from '../calling-ae.js';
import { readIdentifier, writeIdentifier, type Identifier } from '../identifier.js';
import { compositeAnswer } from '../refusal-answer.js';
import { levelOf, QUERY_RETRIEVE } from './information-models.js';

/** Answers that are written down in the audit together, before the first of them is given. */
const BATCH = 50;
/** Say how to ask and answer, and are no keys. */
const NO_KEYS = new Set(['00080005', '00080052', '00080053', '00080201']);
const LEVEL_TAG = '00080052';
const RETRIEVE_AE_TITLE = '00080054';
/** Relational queries, combined date-time matching, fuzzy names; no time zone adjustment, no converted images (PS3.4 C.5.1.1). */
const EXTENDED = [1, 1, 1, 0, 0];

interface Match {
  readonly item: DicomJson;
  readonly patientId: string;
}

/** Query/Retrieve – FIND as provider, patient root and study root (PS3.4 section C.4.1): what the caller's organisation holds. */
@Injectable()
export class FindService implements DimseService<Caller> {
  readonly sopClasses = new Set<string>([QUERY_RETRIEVE.patientRoot.find, QUERY_RETRIEVE.studyRoot.find]);
  readonly commands = new Set<number>([COMMAND_FIELD.cFindRequest]);

  constructor(
    private readonly findAttributes: FindAttributes,
    private readonly audit: AuditTrail,
    private readonly own: CallingAe,
  ) {}

  answerExtendedNegotiation(_sopClassUid: string, proposed: Buffer): Buffer {
    return Buffer.from(proposed.subarray(0, EXTENDED.length).map((wanted, index) => wanted & EXTENDED[index]!));
  }

  async perform(request: ServiceRequest<Caller>, operation: Operation): Promise<FinalAnswer> {
    try {
      demand(request.peer.caller, 'image.view');
      const identifier = readIdentifier(request);
      const level = levelOf(request.sopClassUid, identifier.attributes);
      return await this.find(request, identifier, level, operation);
    } catch (error) {
      return compositeAnswer(error);
    }
  }

  private async find(
    request: ServiceRequest<Caller>,
    identifier: Identifier,
    level: QueryLevel,
    { signal, respond }: Operation,
  ): Promise<FinalAnswer> {
    const { caller } = request.peer;
    const { matches, keys, ignored } = await this.begin(request, identifier.attributes, level);
    let found = 0;
    for await (const batch of batches(matches)) {
      found += batch.length;
      await this.record(caller, level, keys, batch);
      for (const { item } of batch) {
        if (signal.aborted) return { status: DIMSE_STATUS.cancelled, comment: 'Matching was cancelled' };
        const answer = this.answer(item, level, identifier.attributes);
        const whole = !ignored && Object.keys(identifier.attributes).every((tag) => isNoKey(tag) || tag in answer);
        await respond(
          { status: whole ? DIMSE_STATUS.pending : DIMSE_STATUS.pendingKeysUnsupported },
          writeIdentifier(answer, request.transferSyntaxUid, identifier.characterSet),
        );
      }
    }
    if (found === 0) await this.record(caller, level, keys, []);
    return { status: DIMSE_STATUS.success };
  }

  /** Keys that cannot be matched at the level are left out, and each answer says so (0xFF01). */
  private async begin(request: ServiceRequest<Caller>, identifier: DicomJson, level: QueryLevel) {
    const keys = Object.fromEntries(Object.entries(identifier).filter(([tag]) => !isNoKey(tag)));
    const { negotiated } = request;
    const query: AttributeQuery = {
      level,
      keys,
      combinedDateTime: negotiated?.[1] === 1,
      fuzzyNames: negotiated?.[2] === 1,
    };
    for (let ignored = false; ; ignored = true) {
      const matches = this.findAttributes.stream(scopeOf(request.peer.caller), query);
      try {
        const first = await matches.next();
        return { matches: from(first, matches), keys, ignored };
      } catch (error) {
        const tag = error instanceof Refusal && error.code === 'unsupported-key' ? String(error.detail['tag']) : '';
        if (!(tag in keys)) throw error;
        delete keys[tag];
      }
    }
  }

  private answer(item: DicomJson, level: QueryLevel, asked: DicomJson): DicomJson {
    return {
      ...item,
      [LEVEL_TAG]: { vr: 'CS', Value: [level] },
      ...(RETRIEVE_AE_TITLE in asked && { [RETRIEVE_AE_TITLE]: { vr: 'AE', Value: [this.own.title] } }),
    };
  }

  private async record(actor: Caller, level: QueryLevel, keys: DicomJson, batch: readonly Match[]): Promise<void> {
    const beyond = batch.length === 0 && (await this.findAttributes.triesBeyond(scopeOf(actor), keys));
    const asked = Object.entries(keys).filter(([, { Value = [] }]) => Value.length > 0);
    await this.audit.record({
      actor,
      action: 'query',
      subject: { kind: 'catalogue', id: level.toLowerCase() },
      outcome: beyond ? 'refused' : 'done',
      detail: {
        by: 'C-FIND',
        keys: Object.fromEntries(asked.map(([tag, { Value }]) => [keywordOf(tag) ?? tag, Value])),
        matches: batch.length,
        patients: [...new Set(batch.map(({ patientId }) => patientId))],
      },
    });
  }
}

function isNoKey(tag: string): boolean {
  return NO_KEYS.has(tag) || tag.endsWith('0000');
}

async function* from(first: IteratorResult<Match>, rest: AsyncGenerator<Match>): AsyncGenerator<Match> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

async function* batches(matches: AsyncIterable<Match>): AsyncGenerator<Match[]> {
  let batch: Match[] = [];
  for await (const match of matches) {
    batch.push(match);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
