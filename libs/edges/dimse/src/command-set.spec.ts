import { describe, expect, it } from '@jest/globals';
import { CT_IMAGE_STORAGE, commandSet, echoCommand, storeCommand } from '#test/dimse-client';
import { COMMAND_ELEMENT, DIMSE_STATUS } from './command-elements.js';
import { CommandSetError, decodeRequest, encodeResponse, errorComment, mayBeUid } from './command-set.js';

describe('command set', () => {
  it('reads C-ECHO-RQ, C-STORE-RQ and C-CANCEL-RQ', () => {
    expect(decodeRequest(echoCommand(7))).toEqual({
      commandField: 0x0030,
      messageId: 7,
      affectedSopClassUid: '1.2.840.10008.1.1',
      affectedSopInstanceUid: null,
      hasDataSet: false,
    });
    expect(decodeRequest(storeCommand(65535, '2.25.12'))).toEqual({
      commandField: 0x0001,
      messageId: 65535,
      affectedSopClassUid: CT_IMAGE_STORAGE,
      affectedSopInstanceUid: '2.25.12',
      hasDataSet: true,
    });
    const cancel = commandSet([0x0100, 0x0fff], [0x0120, 3], [0x0800, 0x0101]);
    expect(decodeRequest(cancel)).toMatchObject({ commandField: 0x0fff, messageId: 3 });
  });

  it('takes any data set type but 0x0101 for a data set, and spaces behind a UID', () => {
    const command = commandSet([0x0002, '1.2 '], [0x0100, 1], [0x0110, 1], [0x0800, 0x0102]);
    expect(decodeRequest(command)).toMatchObject({ hasDataSet: true, affectedSopClassUid: '1.2' });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half a header', Buffer.alloc(5)],
    ['a value beyond the end', Buffer.from('0000000104000000ffff', 'hex')],
    ['a group that is no command', Buffer.from('0800000102000000ffff', 'hex')],
    ['no message id', commandSet([0x0100, 0x0030], [0x0800, 0x0101])],
    ['a message id of four bytes', commandSet([0x0100, 0x0030], [0x0110, Buffer.alloc(4)], [0x0800, 0x0101])],
    ['no data set type', commandSet([0x0100, 0x0030], [0x0110, 1])],
  ])('refuses %s', (_what, bytes) => {
    expect(() => decodeRequest(bytes)).toThrow(CommandSetError);
  });

  it('writes a C-STORE-RSP with its elements in order and its group length right', () => {
    const request = decodeRequest(storeCommand(9, '2.25.123'));
    expect(encodeResponse(request, { status: 0 })).toEqual(
      commandSet(
        [0x0002, CT_IMAGE_STORAGE],
        [0x0100, 0x8001],
        [0x0120, 9],
        [0x0800, 0x0101],
        [0x0900, 0],
        [0x1000, '2.25.123'],
      ),
    );
  });

  it('says what was at fault, and keeps silent on success', () => {
    const request = decodeRequest(echoCommand(1));
    const answer = {
      status: DIMSE_STATUS.unrecognizedOperation,
      comment: 'odd',
      offendingElement: COMMAND_ELEMENT.commandField,
    };
    expect(encodeResponse(request, answer)).toEqual(
      commandSet(
        [0x0002, '1.2.840.10008.1.1'],
        [0x0100, 0x8030],
        [0x0120, 1],
        [0x0800, 0x0101],
        [0x0900, 0x0211],
        [0x0901, Buffer.from('00000001', 'hex')],
        [0x0902, 'odd '],
      ),
    );
    expect(encodeResponse(request, { ...answer, status: 0 }).includes('odd')).toBe(false);
  });

  it('keeps an ErrorComment within an LO of the default repertoire', () => {
    expect(errorComment('磁盘 full\\now\n')).toBe('?? full?now?');
    expect(errorComment('x'.repeat(80))).toHaveLength(64);
  });

  it('lets a UID pass, and what some make of it, but no path', () => {
    expect(['1.2', '2.25.0012', 'dccc9599', '9'.repeat(64)].every(mayBeUid)).toBe(true);
    expect(['', '..', '.', '../1.2', '1.2/3', '1.2\0', '1 2', '9'.repeat(65), null].some(mayBeUid)).toBe(false);
  });
});
