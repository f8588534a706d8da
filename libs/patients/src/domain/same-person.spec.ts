import { describe, expect, it } from '@jest/globals';
import { contradictions, fingerprint, type Identity } from './same-person.js';

const who = (name: string | string[], more: Partial<Identity> = {}): Identity => ({
  names: [name].flat(),
  sex: null,
  birthDate: null,
  idCard: null,
  ...more,
});

describe('one person or two', () => {
  it.each([
    ['王建国', 'Wang^Jianguo'],
    ['王建国', 'WANG JIAN GUO'],
    ['王建国', 'Jianguo^Wang'],
    ['王建国', 'Wang^J'],
    ['王建国', 'Wang'],
    ['王^建国', 'Wang^J^G'],
    ['欧阳振华', 'Z^Ouyang'],
    ['王^建国', '王建国'],
    ['吕布', 'Lv^Bu'],
    ['吕布', 'LYU^BU'],
    ['单雄信', 'Shan^Xiongxin'],
    ['曾国藩', 'Ceng^Guofan'],
    ['Wang^Jianguo', 'wang^jianguo^^^'],
    ['Wang^Jianguo', 'Wang^J'],
    ['Wang^Jianguo', 'Wang'],
    ['Müller^Anna', 'Muller^Anna^Maria'],
    ['王建国', ''],
    ['王建国', 'UNKNOWN'],
    ['王建国', '无名氏'],
  ])('%s may be %s', (a, b) => {
    expect(contradictions(who(a), who(b))).toEqual([]);
    expect(contradictions(who(b), who(a))).toEqual([]);
  });

  it.each([
    ['王建国', '李秀英'],
    ['王建国', '王静刚'],
    ['王建国', '李建国'],
    ['王建国', 'Li^Xiuying'],
    ['王建国', 'Li^J'],
    ['王建国', 'Wang^X'],
    ['王建国', 'Wang^J^H'],
    ['王建国', 'Wang^Jianhua'],
    ['Wang^Jianguo', 'Wang^Li'],
  ])('%s cannot be %s', (a, b) => {
    expect(contradictions(who(a), who(b))).toEqual(['name']);
    expect(contradictions(who(b), who(a))).toEqual(['name']);
  });

  it('any spelling of one that is any spelling of the other is enough', () => {
    expect(contradictions(who(['Wang^Jianguo', '王建国']), who(['O^Kenkoku', '王建国']))).toEqual([]);
  });

  it('counts days and sexes only where both are told', () => {
    const one = who('王建国', { birthDate: '1959-03-31', sex: 'M' });
    expect(contradictions(one, who('王建国'))).toEqual([]);
    expect(contradictions(one, who('王建国', { birthDate: '1959-01-01', sex: 'O' }))).toEqual([]);
    expect(contradictions(one, who('王建国', { birthDate: '1960-03-31', sex: 'F' }))).toEqual(['birth-date', 'sex']);
    expect(contradictions(one, who('李秀英', { birthDate: '1960-01-01' }))).toEqual(['name', 'birth-date']);
  });

  it('an ID card on both sides decides alone', () => {
    const one = who('王建国', { idCard: '11010519491231002X', sex: 'M' });
    expect(contradictions(one, who('李秀英', { idCard: '11010519491231002X', sex: 'F' }))).toEqual([]);
    expect(contradictions(one, who('王建国', { idCard: '110101199003074477', sex: 'M' }))).toEqual(['id-card']);
  });

  it('the same said in another order or case has one fingerprint', () => {
    expect(fingerprint(who(['Wang^Jianguo', '王建国']))).toBe(fingerprint(who(['王建国', 'WANG^JIANGUO'])));
    expect(fingerprint(who('王建国'))).not.toBe(fingerprint(who('王建国', { sex: 'M' })));
  });
});
