import { describe, expect, it } from '@jest/globals';
import { associateRequest, item, type AssociateOptions } from '#test/dimse-client';
import { AssociateRequestError, decodeAssociateRequest } from './associate-request.js';
import { MAXIMUM_LENGTH, VERIFICATION_SOP_CLASS, accept, refusalOf } from './negotiation.js';
import { REJECTION } from './pdu-writer.js';

const known = {
  isSopClass: (uid: string) => uid === '1.2.3',
  isTransferSyntax: (uid: string) => uid === '1.9.1' || uid === '1.9.2',
};
const body = (options: AssociateOptions = {}): Buffer => associateRequest(options).subarray(6);
const decoded = (options: AssociateOptions = {}) => decodeAssociateRequest(body(options));

describe('association request', () => {
  it('is read without the padding', () => {
    const request = decoded({ calling: ' CT01', contexts: [[1, '1.2.3', ['1.9.1', '1.9.2']]] });
    expect(request).toMatchObject({ calledAe: 'QIAO', callingAe: 'CT01', maximumLength: 16384 });
    expect(request.contexts).toEqual([{ id: 1, abstractSyntax: '1.2.3', transferSyntaxes: ['1.9.1', '1.9.2'] }]);
  });

  it('steps over what it has no use for', () => {
    const userItems = [item(0x56, Buffer.alloc(9)), item(0x58, Buffer.alloc(6)), item(0x77, Buffer.alloc(3))];
    expect(decoded({ userItems }).proposesAsynchronousOperations).toBe(false);
  });

  it.each([
    ['too short', Buffer.alloc(67)],
    ['without a context', body({ contexts: [] })],
    ['with an even context id', body({ contexts: [[2, '1.2.3', ['1.9.1']]] })],
    [
      'with a context twice',
      body({
        contexts: [
          [1, '1.2.3', ['1.9.1']],
          [1, '1.2.3', ['1.9.1']],
        ],
      }),
    ],
    ['cut off', body().subarray(0, -1)],
    ['with a role cut off', body({ userItems: [item(0x54, Buffer.from([0, 9, 1]))] })],
  ])('is refused when %s', (_what, bytes) => {
    expect(() => decodeAssociateRequest(bytes)).toThrow(AssociateRequestError);
  });
});

describe('negotiation', () => {
  it('refuses another version, application or called AE', () => {
    expect(refusalOf(decoded(), 'QIAO')).toBeNull();
    expect(refusalOf(decoded({ called: 'OTHER' }), 'QIAO')).toBe(REJECTION.calledAeNotRecognized);
    expect(refusalOf(decoded({ protocolVersion: 2 }), 'QIAO')).toBe(REJECTION.protocolVersionNotSupported);
    expect(refusalOf(decoded({ applicationContext: '1.2' }), 'QIAO')).toBe(REJECTION.applicationContextNotSupported);
  });

  it('takes the first known transfer syntax of each known SOP class', () => {
    const { contexts, pdu } = accept(
      decoded({
        contexts: [
          [1, VERIFICATION_SOP_CLASS, ['1.9.1']],
          [3, '1.2.3', ['1.9.9', '1.9.2', '1.9.1']],
          [5, '1.2.4', ['1.9.1']],
          [7, '1.2.3', ['1.9.9']],
        ],
      }),
      known,
    );
    expect([...contexts.values()]).toEqual([
      { id: 1, abstractSyntax: VERIFICATION_SOP_CLASS, transferSyntaxUid: '1.9.1' },
      { id: 3, abstractSyntax: '1.2.3', transferSyntaxUid: '1.9.2' },
    ]);
    const answered = (id: number, result: number, uid: string): Buffer =>
      item(0x21, Buffer.concat([Buffer.from([id, 0, result, 0]), item(0x40, uid)]));
    for (const [id, result, uid] of [
      [1, 0, '1.9.1'],
      [3, 0, '1.9.2'],
      [5, 3, '1.9.1'],
      [7, 4, '1.9.9'],
    ] as const) {
      expect(pdu.includes(answered(id, result, uid))).toBe(true);
    }
  });

  it('repeats the titles, announces its length, and answers one operation at a time and the user role', () => {
    const role = Buffer.concat([Buffer.from([0, 5]), Buffer.from('1.2.3'), Buffer.from([1, 1])]);
    const request = { contexts: [[1, '1.2.3', ['1.9.1']] as [number, string, string[]]] };
    const userItems = [item(0x53, Buffer.from([0, 0, 0, 0])), item(0x54, role)];
    const { pdu } = accept(decoded({ ...request, userItems }), known);
    expect(pdu.readUInt8(0)).toBe(2);
    expect(pdu.readUInt32BE(2)).toBe(pdu.length - 6);
    expect(pdu.subarray(10, 74)).toEqual(body().subarray(4, 68));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(MAXIMUM_LENGTH);
    expect(pdu.includes(item(0x51, length))).toBe(true);
    expect(pdu.includes(item(0x53, Buffer.from([0, 1, 0, 1])))).toBe(true);
    role.writeUInt8(0, role.length - 1);
    expect(pdu.includes(item(0x54, role))).toBe(true);
    expect(accept(decoded(request), known).pdu.includes(item(0x53, Buffer.from([0, 1, 0, 1])))).toBe(false);
  });
});
