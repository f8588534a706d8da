import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Part10Splitter, personName, readAttributes, sequence } from '#libs/formats/dicom';

const root = process.env['QIAO_TEST_DATA'];
if (!root) throw new Error('Set QIAO_TEST_DATA to the folder with the real files.');
const folder = join(root, 'dicom', 'charset');

/** Patient names as PS3.5 annexes H to K and the makers of these files give them. */
const NAMES: Record<string, string> = {
  chrArab: 'قباني^لنزار',
  chrFren: 'Buc^Jérôme',
  chrFrenMulti: 'Buc^Jérôme',
  chrGerm: 'Äneas^Rüdiger',
  chrGreek: 'Διονυσιος',
  chrH31: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
  chrH32: 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
  chrHbrw: 'שרון^דבורה',
  chrI2: 'Hong^Gildong=洪^吉洞=홍^길동',
  chrJapMulti: 'やまだ^たろう',
  chrJapMultiExplicitIR6: 'やまだ^たろう',
  chrKoreanMulti: '김희중',
  chrRuss: 'Люкceмбypг',
  chrSQEncoding: 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
  chrSQEncoding1: 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
  chrX1: 'Wang^XiaoDong=王^小東',
  chrX2: 'Wang^XiaoDong=王^小东',
};

describe('character sets of real files', () => {
  it('are all in the table', () => {
    const found = readdirSync(folder).map((file) => file.replace(/^pydicom__|\.dcm$/g, ''));
    expect(found.sort()).toEqual(Object.keys(NAMES).sort());
  });

  it.each(Object.keys(NAMES))('%s', (name) => {
    const splitter = new Part10Splitter();
    const bytes = readFileSync(join(folder, `pydicom__${name}.dcm`));
    const dataset = Buffer.concat([splitter.push(bytes), splitter.end()]);
    const { attributes, charset } = readAttributes(dataset, splitter.meta!.transferSyntaxUid);
    const holder = attributes['00100010'] ? attributes : sequence(attributes, '00321064')[0]!;
    const value = holder['00100010']!.Value![0] as Record<string, string>;
    const groups = [value['Alphabetic'] ?? '', value['Ideographic'] ?? '', value['Phonetic'] ?? ''];
    expect(groups.join('=').replace(/=+$/, '')).toBe(NAMES[name]);
    expect(personName(holder, '00100010').display).not.toBe('');
    expect(charset.guessed).toBe(false);
  });
});
