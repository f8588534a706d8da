import { describe, expect, it } from '@jest/globals';
import { nameGroups, personName } from './attribute-readers.js';
import { readAttributes } from './read-attributes.js';
import { EXPLICIT_VR_LITTLE_ENDIAN } from './transfer-syntaxes.js';

const GBK: Readonly<Record<string, number[]>> = {
  王: [0xcd, 0xf5],
  建: [0xbd, 0xa8],
  国: [0xb9, 0xfa],
  朱: [0xd6, 0xec],
  镕: [0xe9, 0x46],
  基: [0xbb, 0xf9],
  張: [0x8f, 0x88],
  三: [0xc8, 0xfd],
  // U+20087, of CJK extension B, has four bytes in GB 18030
  '𠂇': [0x95, 0x32, 0x83, 0x37],
  誠: [0xd5, 0x5c],
};

function bytesOf(name: string): Buffer {
  return Buffer.concat(Array.from(name).map((character) => Buffer.from(GBK[character] ?? [character.charCodeAt(0)])));
}

function element(tag: [number, number], vr: string, value: Buffer): Buffer {
  const padded = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  const head = Buffer.alloc(8);
  head.writeUInt16LE(tag[0], 0);
  head.writeUInt16LE(tag[1], 2);
  head.write(vr, 4, 'latin1');
  head.writeUInt16LE(padded.length, 6);
  return Buffer.concat([head, padded]);
}

/** A name as a sender wrote it, under what it says its character set is; null: it says nothing. */
function read(characterSet: string | null, name: Buffer) {
  const dataset = Buffer.concat([
    ...(characterSet === null ? [] : [element([0x0008, 0x0005], 'CS', Buffer.from(characterSet))]),
    element([0x0010, 0x0010], 'PN', name),
  ]);
  return readAttributes(dataset, EXPLICIT_VR_LITTLE_ENDIAN).attributes;
}

describe('Chinese names', () => {
  const DECLARED = ['GB18030', 'GBK', 'ISO_IR 100', 'ISO_IR 6', 'ISO 2022 IR 6', 'NONSENSE', '', null];
  const NAMES: [string, string][] = [
    ['王^建国', '王建国'],
    ['王建国', '王建国'],
    ['Wang^JianGuo=王^建国', '王建国'],
    ['Wang^JianGuo=王^建国=', '王建国'],
    ['=王^建国', '王建国'],
    ['王建国^^^^', '王建国'],
    ['朱镕基', '朱镕基'],
    ['朱^镕基', '朱镕基'],
    ['張三', '張三'],
    ['王誠', '王誠'],
    ['王*', '王*'],
  ];
  it.each(DECLARED.flatMap((declared) => NAMES.map(([name, shown]) => [declared, name, shown] as const)))(
    'under %s: %s',
    (declared, name, shown) => {
      const attributes = read(declared, bytesOf(name));
      expect(personName(attributes, '00100010').display).toBe(shown);
      expect(nameGroups(attributes, '00100010').join('=')).toBe(name.replaceAll(/^=|=$/g, ''));
    },
  );

  it('four bytes of GB 18030', () => {
    const character = Object.keys(GBK).find((one) => GBK[one]!.length === 4);
    const decoded = new TextDecoder('gb18030').decode(Uint8Array.from(GBK[character!]!));
    expect(personName(read('GB18030', bytesOf(`王${character}`)), '00100010').display).toBe(`王${decoded}`);
    expect(personName(read(null, bytesOf(`王${character}`)), '00100010').display).toBe(`王${decoded}`);
  });

  it.each(['Buc^Jérôme', 'Äneas^Rüdiger', 'Größe^Jürgen', 'Noël^François', 'Müller', 'Straße^Günther', 'Peña^Íñigo'])(
    '%s stays Latin',
    (name) => {
      for (const declared of ['ISO_IR 100', null]) {
        expect(nameGroups(read(declared, Buffer.from(name, 'latin1')), '00100010')).toEqual([name]);
      }
    },
  );

  it('a name that is valid UTF-8 by chance', () => {
    for (const declared of ['GB18030', 'ISO_IR 100', null]) {
      expect(personName(read(declared, Buffer.from([0xc3, 0xab])), '00100010').display).toBe('毛');
    }
  });

  it('UTF-8 is found too', () => {
    for (const declared of ['ISO_IR 192', 'ISO_IR 100', 'GB18030', null]) {
      expect(personName(read(declared, Buffer.from('Wang^JianGuo=王^建国')), '00100010').display).toBe('王建国');
      expect(personName(read(declared, Buffer.from('José')), '00100010').display).toBe(
        declared === 'GB18030' ? 'Jos茅' : 'José',
      );
    }
  });

  it.each([
    ['=', ''],
    ['^', ''],
    ['==やまだ^たろう', 'やまだ たろう'],
    ['Li^Si', 'Li Si'],
  ])('groups that are missing: %s', (name, shown) => {
    expect(personName(read('ISO_IR 192', Buffer.from(name)), '00100010').display).toBe(shown);
  });
});
