import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '#libs/kernel';
import {
  associateRequest,
  commandSet,
  data,
  echoCommand,
  item,
  pdu,
  pdv,
  RELEASE_REQUEST,
  storeCommand,
} from '#test/dimse-client';
import { decodeAssociateReply } from './associate-reply.js';
import { AssociateRequestError, decodeAssociateRequest } from './associate-request.js';
import { CommandSetError, decodeCommand } from './command-set.js';
import { PduReader, type PdvFragment } from './pdu-reader.js';
import { readIdentifier } from './services/identifier.js';

/** A fixed number of cases, so that a run takes seconds; fast-check prints seed and path of what fails. */
const RUNS = { numRuns: 500 };

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

/** Right bytes that were then cut, overwritten in some places, or lengthened. */
function spoiled(right: Buffer): fc.Arbitrary<Buffer> {
  return fc
    .record({
      cut: fc.nat(right.length),
      places: fc.array(fc.tuple(fc.nat(Math.max(0, right.length - 1)), fc.nat(255)), { maxLength: 6 }),
      more: bytes(24),
    })
    .map(({ cut, places, more }) => {
      const copy = Buffer.from(right);
      for (const [at, value] of places) copy[at] = value;
      return Buffer.concat([copy.subarray(0, cut), more]);
    });
}

interface Told {
  events: string[];
  data: Buffer;
  invalid: number;
  behindInvalid: number;
}

function read(stream: Buffer, cuts: readonly number[]): Told {
  const told: Told = { events: [], data: Buffer.alloc(0), invalid: 0, behindInvalid: 0 };
  const parts: Buffer[] = [];
  const note = (): void => {
    if (told.invalid > 0) told.behindInvalid += 1;
  };
  const reader = new PduReader({
    control: (type, body) => {
      note();
      told.events.push(`control ${type} ${body.length}`);
    },
    fragment: ({ contextId, kind, last, bytes: piece }: PdvFragment) => {
      note();
      parts.push(Buffer.from(piece));
      if (last) told.events.push(`last ${kind} ${contextId}`);
    },
    invalid: () => {
      note();
      told.invalid += 1;
    },
  });
  let at = 0;
  for (const cut of [...cuts.map((one) => Math.min(one, stream.length)).sort((a, b) => a - b), stream.length]) {
    reader.push(stream.subarray(at, Math.max(at, cut)));
    at = Math.max(at, cut);
  }
  told.data = Buffer.concat(parts);
  return told;
}

const RIGHT_STREAM = Buffer.concat([
  associateRequest(),
  data(pdv(1, 'command', true, echoCommand(1))),
  data(pdv(3, 'command', true, storeCommand(2, '2.25.7')), pdv(3, 'data', false, Buffer.alloc(300, 7))),
  data(pdv(3, 'data', true, Buffer.alloc(111, 8))),
  RELEASE_REQUEST,
]);
const cutting = fc.array(fc.nat(RIGHT_STREAM.length), { maxLength: 12 });

describe('the PDU reader', () => {
  it('tells the same of the same bytes, however they are cut', () => {
    const whole = read(RIGHT_STREAM, []);
    expect(whole.events).toHaveLength(5);
    fc.assert(
      fc.property(cutting, (cuts) => {
        expect(read(RIGHT_STREAM, cuts)).toEqual(whole);
      }),
      RUNS,
    );
  });

  it('bears any bytes: throws nothing, makes up none, and is silent behind what is invalid', () => {
    const anything = fc.oneof(
      bytes(400),
      spoiled(RIGHT_STREAM),
      bytes(60).map((body) => pdu(0x04, body)),
      fc.tuple(fc.nat(255), bytes(30)).map(([type, body]) => pdu(type, body)),
    );
    fc.assert(
      fc.property(anything, cutting, (stream, cuts) => {
        const told = read(stream, cuts);
        expect(told.invalid).toBeLessThanOrEqual(1);
        expect(told.behindInvalid).toBe(0);
        expect(told.data.length).toBeLessThanOrEqual(stream.length);
      }),
      RUNS,
    );
  });
});

/** Passes on what a decoder says of itself, and lets every other error fail the case. */
function only<E extends Error>(kind: abstract new (...parameters: never[]) => E, decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
  }
}

describe('the decoders', () => {
  const role = item(0x54, Buffer.from([0, 3, 49, 46, 50, 0, 1]));
  const right = associateRequest({
    userItems: [
      role,
      item(0x53, Buffer.from([0, 4, 0, 1])),
      item(0x56, Buffer.from([0, 3, 49, 46, 50, 1])),
      item(0x58, Buffer.alloc(9)),
    ],
  }).subarray(6);

  it('take an A-ASSOCIATE-RQ, or refuse it as one', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(300), spoiled(right)), (body) => {
        only(AssociateRequestError, () => decodeAssociateRequest(body));
      }),
      RUNS,
    );
  });

  it('take an A-ASSOCIATE-AC, or refuse it as one', () => {
    const proposed = [{ id: 1, abstractSyntax: '1.2', transferSyntaxes: ['1.3'] }];
    const reply = Buffer.concat([
      Buffer.alloc(68),
      item(0x10, '1.2.840.10008.3.1.1.1'),
      item(0x21, Buffer.concat([Buffer.from([1, 0, 0, 0]), item(0x40, '1.3')])),
      item(0x50, item(0x51, Buffer.alloc(4))),
    ]);
    expect(decodeAssociateReply(reply, proposed).contexts.size).toBe(1);
    fc.assert(
      fc.property(fc.oneof(bytes(300), spoiled(reply)), (body) => {
        only(AssociateRequestError, () => decodeAssociateReply(body, proposed));
      }),
      RUNS,
    );
  });

  it('take a command set, or refuse it as one', () => {
    const commands = [
      storeCommand(9, '2.25.1'),
      commandSet([0x0100, 0x0021], [0x0110, 1], [0x0600, 'SOMEWHERE '], [0x0800, 1]),
      commandSet([0x0003, '1.2'], [0x0100, 0x0130], [0x0110, 1], [0x0800, 1], [0x1001, '1.3'], [0x1008, 1]),
      commandSet([0x0100, 0x8001], [0x0120, 1], [0x0800, 0x0101], [0x0900, 0]),
    ];
    fc.assert(
      fc.property(fc.oneof(bytes(200), ...commands.map(spoiled)), (body) => {
        only(CommandSetError, () => decodeCommand(body));
      }),
      RUNS,
    );
  });

  it('take an identifier, or refuse it as one', () => {
    const identifier = Buffer.from(
      '08000500435306004742313830333010001000504e060077616e672a20400000015351000000000000feff00e000000000'.replaceAll(
        ' ',
        '',
      ),
      'hex',
    );
    const syntaxes = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2'];
    fc.assert(
      fc.property(
        fc.oneof(bytes(200), spoiled(identifier)),
        fc.constantFrom(...syntaxes),
        (dataSet, transferSyntaxUid) => {
          only(Refusal, () => readIdentifier({ dataSet, transferSyntaxUid }));
        },
      ),
      RUNS,
    );
  });
});
