import { describe, expect, it } from '@jest/globals';
import { associateRequest, item, type AssociateOptions } from '#test/dimse-client';
import { AssociateRequestError, decodeAssociateRequest } from './associate-request.js';
import { MAXIMUM_LENGTH, VERIFICATION_SOP_CLASS, accept, refusalOf, type KnownSyntaxes } from './negotiation.js';
import { REJECTION } from './pdu-writer.js';

const syntaxes = new Set(['1.9.1', '1.9.2']);
const known: KnownSyntaxes = {
  window: 8,
  transferSyntaxesOf: (uid) => (uid === '1.2.3' || uid === VERIFICATION_SOP_CLASS ? syntaxes : null),
  takesPeerAsProvider: (uid) => uid === '1.2.3',
  answerExtendedNegotiation: (_uid, proposed) => (proposed.length > 2 ? Buffer.from([7]) : null),
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
    const userItems = [item(0x57, Buffer.alloc(9)), item(0x58, Buffer.alloc(6)), item(0x77, Buffer.alloc(3))];
    expect(decoded({ userItems })).toMatchObject({ window: null, roles: [], extended: [] });
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
    ['with a window of three bytes', body({ userItems: [item(0x53, Buffer.alloc(3))] })],
    ['with an extended negotiation cut off', body({ userItems: [item(0x56, Buffer.from([0, 9, 1]))] })],
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
      { id: 1, abstractSyntax: VERIFICATION_SOP_CLASS, transferSyntaxUid: '1.9.1', peerProvides: false },
      { id: 3, abstractSyntax: '1.2.3', transferSyntaxUid: '1.9.2', peerProvides: false },
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

  const request = { contexts: [[1, '1.2.3', ['1.9.1']] as [number, string, string[]]] };
  const role = (uid: string, scu: number, scp: number): Buffer =>
    item(0x54, Buffer.concat([Buffer.from([0, uid.length]), Buffer.from(uid), Buffer.from([scu, scp])]));

  it('repeats the titles and announces its length', () => {
    const { pdu } = accept(decoded(request), known);
    expect(pdu.readUInt8(0)).toBe(2);
    expect(pdu.readUInt32BE(2)).toBe(pdu.length - 6);
    expect(pdu.subarray(10, 74)).toEqual(body().subarray(4, 68));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(MAXIMUM_LENGTH);
    expect(pdu.includes(item(0x51, length))).toBe(true);
  });

  it.each([
    ['no limit', [0, 0, 0, 0], 8],
    ['more than we do', [0, 200, 0, 4], 8],
    ['less', [0, 3, 0, 1], 3],
  ])('performs at most its own number of operations when %s is offered, and invokes one', (_what, offered, window) => {
    const accepted = accept(decoded({ ...request, userItems: [item(0x53, Buffer.from(offered))] }), known);
    expect(accepted.window).toBe(window);
    expect(accepted.pdu.includes(item(0x53, Buffer.from([0, window, 0, 1])))).toBe(true);
  });

  it('performs one at a time where asynchronous operations are not offered', () => {
    const { window, pdu } = accept(decoded(request), known);
    expect(window).toBe(1);
    expect(pdu.includes(Buffer.from([0x53, 0, 0, 4]))).toBe(false);
  });

  it('lets the peer be provider only of what it may be, and only in contexts that are accepted', () => {
    const contexts: [number, string, string[]][] = [
      [1, '1.2.3', ['1.9.1']],
      [3, VERIFICATION_SOP_CLASS, ['1.9.1']],
    ];
    const userItems = [role('1.2.3', 0, 1), role(VERIFICATION_SOP_CLASS, 1, 1), role('1.2.4', 1, 1)];
    const accepted = accept(decoded({ contexts, userItems }), known);
    expect([...accepted.contexts.values()].map((context) => context.peerProvides)).toEqual([true, false]);
    expect(accepted.pdu.includes(role('1.2.3', 0, 1))).toBe(true);
    expect(accepted.pdu.includes(role(VERIFICATION_SOP_CLASS, 1, 0))).toBe(true);
    expect(accepted.pdu.includes(Buffer.from('1.2.4'))).toBe(false);
  });

  it('answers an extended negotiation with what the service class says, or not at all', () => {
    const extended = (information: number[]): Buffer =>
      item(0x56, Buffer.concat([Buffer.from([0, 5]), Buffer.from('1.2.3'), Buffer.from(information)]));
    expect(accept(decoded({ ...request, userItems: [extended([1, 1, 1])] }), known).pdu.includes(extended([7]))).toBe(
      true,
    );
    expect(accept(decoded({ ...request, userItems: [extended([1])] }), known).pdu.includes(Buffer.from([0x56]))).toBe(
      false,
    );
  });
});
