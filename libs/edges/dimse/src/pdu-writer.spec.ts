import { describe, expect, it } from '@jest/globals';
import { ABORT_REASON } from './pdu-reader.js';
import { REJECTION, encodeAbort, encodeData, encodeReject, encodeReleaseResponse } from './pdu-writer.js';

describe('PDU writer', () => {
  it('writes the control PDUs of PS3.8 section 9.3', () => {
    expect(encodeReject(REJECTION.calledAeNotRecognized).toString('hex')).toBe('03000000000400010107');
    expect(encodeReject(REJECTION.localLimitExceeded).toString('hex')).toBe('03000000000400020302');
    expect(encodeReleaseResponse().toString('hex')).toBe('06000000000400000000');
    expect(encodeAbort({ source: 'service-user' }).toString('hex')).toBe('07000000000400000000');
    const reason = ABORT_REASON.unexpectedPdu;
    expect(encodeAbort({ source: 'service-provider', reason }).toString('hex')).toBe('07000000000400000202');
  });

  it('writes one PDV where there is room', () => {
    expect(encodeData(3, 'command', Buffer.from('0102', 'hex'), 0).toString('hex')).toBe(
      '0400000000080000000403030102',
    );
    expect(encodeData(3, 'data', Buffer.from('0102', 'hex'), 16384)[11]).toBe(2);
  });

  it('cuts at what the peer takes, in even fragments, the last one marked', () => {
    const bytes = encodeData(1, 'command', Buffer.from('0102030405', 'hex'), 9);
    expect(bytes.toString('hex')).toBe(
      ['0400000000080000000401010102', '0400000000080000000401010304', '04000000000700000003010305'].join(''),
    );
  });
});
