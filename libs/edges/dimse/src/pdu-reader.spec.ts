import { describe, expect, it } from '@jest/globals';
import { RELEASE_REQUEST, associateRequest, data, echoCommand, pdu, pdv, storeCommand } from '#test/dimse-client';
import { ABORT_REASON, PDU_LIMITS, PduReader } from './pdu-reader.js';

/** What a stream says, with the fragments of one PDV joined, so that it does not depend on how the stream was cut. */
function read(chunks: readonly Buffer[]): string[] {
  const told: string[] = [];
  let open = '';
  const reader = new PduReader({
    control: (type, body) => told.push(`control ${type} ${body.toString('hex')}`),
    fragment: ({ contextId, kind, last, bytes }) => {
      open += bytes.toString('hex');
      if (last) {
        told.push(`${kind} ${contextId} ${open}`);
        open = '';
      }
    },
    invalid: (reason, detail) => told.push(`invalid ${reason} ${detail}`),
  });
  for (const chunk of chunks) reader.push(chunk);
  return open === '' ? told : [...told, `open ${open}`];
}

const dataSet = Buffer.from('0800160002000000414200', 'hex');
const association = Buffer.concat([
  associateRequest({ contexts: [[1, '1.2.3', ['1.2.840.10008.1.2']]] }),
  data(pdv(1, 'command', true, echoCommand(1))),
  // A command and the beginning of its data set in one PDU, an odd PDV, an empty last one.
  data(
    pdv(1, 'command', true, storeCommand(2, '2.25.7')),
    pdv(1, 'data', false, dataSet.subarray(0, 3)),
    pdv(1, 'data', false, dataSet.subarray(3)),
  ),
  data(pdv(1, 'data', true, Buffer.alloc(0))),
  RELEASE_REQUEST,
]);
const whole = read([association]);

describe('PDU reader', () => {
  it('tells control PDUs, commands and data sets in order', () => {
    expect(whole.map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual([
      'control 1',
      'command 1',
      'command 1',
      'data 1',
      'control 5',
    ]);
    expect(whole[3]).toBe(`data 1 ${dataSet.toString('hex')}`);
  });

  it('says the same wherever the stream is cut in two', () => {
    for (let cut = 1; cut < association.length; cut += 1) {
      expect(read([association.subarray(0, cut), association.subarray(cut)])).toEqual(whole);
    }
  });

  it.each([1, 2, 3, 5, 7, 11, 64, 127])('says the same in chunks of %i bytes', (size) => {
    const chunks: Buffer[] = [];
    for (let at = 0; at < association.length; at += size) chunks.push(association.subarray(at, at + size));
    expect(read(chunks)).toEqual(whole);
  });

  it('does not wait for the end of a PDV to pass its bytes on', () => {
    const stream = data(pdv(3, 'data', true, Buffer.alloc(1000, 7)));
    expect(read([stream.subarray(0, 112)])).toEqual([`open ${'07'.repeat(100)}`]);
  });

  it.each([
    ['an unknown type', Buffer.from('474554202f20', 'hex'), ABORT_REASON.unrecognizedPdu],
    ['a P-DATA-TF of 4 GB', Buffer.from('0400ffffffff', 'hex'), ABORT_REASON.invalidParameterValue],
    ['a request of 4 GB', Buffer.from('0100ffffffff', 'hex'), ABORT_REASON.invalidParameterValue],
    ['an A-RELEASE-RQ of five bytes', pdu(5, Buffer.alloc(5)), ABORT_REASON.invalidParameterValue],
    ['a P-DATA-TF without PDV', pdu(4, Buffer.alloc(0)), ABORT_REASON.invalidParameterValue],
    ['a P-DATA-TF of five bytes', pdu(4, Buffer.alloc(5)), ABORT_REASON.invalidParameterValue],
    ['a PDV without header', pdu(4, Buffer.from('00000001010300', 'hex')), ABORT_REASON.invalidParameterValue],
    ['a PDV longer than its PDU', pdu(4, Buffer.from('0000ffff0103', 'hex')), ABORT_REASON.invalidParameterValue],
    [
      'bytes left over behind a PDV',
      pdu(4, Buffer.concat([pdv(1, 'data', true, Buffer.alloc(2)), Buffer.alloc(3)])),
      ABORT_REASON.invalidParameterValue,
    ],
  ])('refuses %s and reads no further', (_what, stream, reason) => {
    const told = read([stream, association]);
    expect(told.filter((one) => !one.startsWith('data'))).toEqual([expect.stringContaining(`invalid ${reason} `)]);
  });

  it('bears a P-DATA-TF above the announced length, up to its limit', () => {
    const stream = data(pdv(1, 'data', true, Buffer.alloc(PDU_LIMITS.data - 6)));
    expect(read([stream])[0]).toMatch(/^data 1 /);
  });

  it('stops when its handler says so', () => {
    let fragments = 0;
    const reader = new PduReader({
      control: () => undefined,
      fragment: () => {
        fragments += 1;
        reader.stop();
      },
      invalid: () => undefined,
    });
    reader.push(data(pdv(1, 'data', false, Buffer.alloc(2)), pdv(1, 'data', true, Buffer.alloc(2))));
    expect(fragments).toBe(1);
  });
});
