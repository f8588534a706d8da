import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttributeQuery, QueryLevel } from '#libs/catalogue';
import { keywordOf, text, type DicomJson } from '#libs/formats/dicom';
import type { OrganisationScope } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { Catalogued, header } from '#test/catalogued';
import { scratchDatabase, type ScratchDatabase } from '#test/scratch-database';

const ZHAO: OrganisationScope = { organisations: ['zhaozhuang'] };
const LI: OrganisationScope = { organisations: ['lijia'] };
const ALL: OrganisationScope = { organisations: 'all' };

const CT = '1.2.840.10008.5.1.4.1.1.2';
const SR = '1.2.840.10008.5.1.4.1.1.88.11';

describe('attribute matching on PostgreSQL', () => {
  let scratch: ScratchDatabase;
  let catalogue: Catalogued;

  beforeAll(async () => {
    scratch = await scratchDatabase(['zhaozhuang', 'lijia']);
    catalogue = await Catalogued.over(scratch.database);
    const wang = {
      PatientName: 'Wang^JianGuo=王^建国',
      PatientID: 'Z1',
      PatientBirthDate: '19500203',
      PatientSex: 'M',
      StudyInstanceUID: '1.2.1',
      StudyDate: '20260105',
      StudyTime: '093000.250',
      AccessionNumber: 'A_1',
      StudyID: 'S1',
      StudyDescription: '胸部CT平扫 100%',
      ReferringPhysicianName: 'Chen^Wei=陈^伟',
      PatientAge: '075Y',
    };
    for (const number of [1, 2, 3]) {
      await catalogue.file('zhaozhuang', {
        ...wang,
        SOPClassUID: CT,
        SOPInstanceUID: `1.2.1.1.${number}`,
        SeriesInstanceUID: '1.2.1.1',
        Modality: 'CT',
        SeriesNumber: 2,
        SeriesDescription: 'Axial 5.0',
        BodyPartExamined: 'CHEST',
        InstanceNumber: number,
        Rows: 512,
        Columns: 512,
        BitsAllocated: 16,
        SliceThickness: 5,
        PerformedProcedureStepStartDate: '20260105',
        PerformedProcedureStepStartTime: '0925',
        RequestAttributesSequence: [
          { ScheduledProcedureStepID: 'SPS1', RequestedProcedureID: 'RP1' },
          { ScheduledProcedureStepID: 'SPS2', RequestedProcedureID: 'RP2' },
        ],
      });
    }
    await catalogue.file('zhaozhuang', {
      ...wang,
      SOPClassUID: SR,
      SOPInstanceUID: '1.2.1.2.1',
      SeriesInstanceUID: '1.2.1.2',
      Modality: 'SR',
      SeriesNumber: 9,
      InstanceNumber: 1,
    });
    await catalogue.file('zhaozhuang', {
      PatientName: 'Li^XiuYing=李^秀英',
      PatientID: 'Z2',
      PatientSex: 'F',
      PatientBirthDate: '19810630',
      OtherPatientNames: '李小英',
      StudyInstanceUID: '1.2.2',
      StudyDate: '20260106',
      StudyTime: '10',
      SOPClassUID: CT,
      SOPInstanceUID: '1.2.2.1.1',
      SeriesInstanceUID: '1.2.2.1',
      Modality: 'DX',
      BodyPartExamined: 'HAND',
      StudyDescription: 'Hand_left',
      InstanceNumber: 1,
      Rows: 2048,
      NumberOfFrames: 1,
    });
    await catalogue.file('zhaozhuang', {
      PatientName: '单田芳',
      PatientID: 'Z3',
      StudyInstanceUID: '1.2.3',
      SOPInstanceUID: '1.2.3.1.1',
      SeriesInstanceUID: '1.2.3.1',
      Modality: 'US',
    });
    // The same study, sent by another member under its own number, with one image more.
    for (const number of [1, 2, 3, 4]) {
      await catalogue.file('lijia', {
        ...wang,
        PatientID: 'L7',
        SOPClassUID: CT,
        SOPInstanceUID: `1.2.1.1.${number}`,
        SeriesInstanceUID: '1.2.1.1',
        Modality: 'CT',
        SeriesNumber: 2,
        InstanceNumber: number,
      });
    }
  }, 120_000);
  afterAll(async () => {
    catalogue?.dispose();
    await scratch?.dispose();
  }, 60_000);

  const uidTag: Record<QueryLevel, string> = {
    PATIENT: '00100020',
    STUDY: '0020000D',
    SERIES: '0020000E',
    IMAGE: '00080018',
  };
  const found = async (
    level: QueryLevel,
    keys: Parameters<typeof header>[0],
    more: Partial<AttributeQuery> = {},
    scope = ZHAO,
  ): Promise<(string | null)[]> => {
    const { items } = await catalogue.find.find(scope, { level, keys: header(keys), ...more });
    return items.map((item) => text(item, uidTag[level]));
  };

  it.each<[string, Parameters<typeof header>[0], string[]]>([
    ['universal matching, newest first', {}, ['1.2.2', '1.2.1', '1.2.3']],
    ['a single value', { PatientID: 'Z1' }, ['1.2.1']],
    ['case counts', { PatientID: 'z1' }, []],
    ['a wildcard', { PatientID: 'Z*' }, ['1.2.2', '1.2.1', '1.2.3']],
    ['one character', { PatientID: 'Z?' }, ['1.2.2', '1.2.1', '1.2.3']],
    ['an underscore is itself', { AccessionNumber: 'A_1' }, ['1.2.1']],
    ['an underscore with a wildcard', { AccessionNumber: 'A_*' }, ['1.2.1']],
    ['an underscore is no wildcard', { StudyDescription: 'Hand?left' }, ['1.2.2']],
    ['a per cent sign is itself', { StudyDescription: '*100%' }, ['1.2.1']],
    ['a per cent sign is no wildcard', { StudyDescription: '胸部%' }, []],
    ['Chinese inside a text', { StudyDescription: '*CT平*' }, ['1.2.1']],
    ['a whole text', { StudyDescription: 'Hand_left' }, ['1.2.2']],
    ['a list of UIDs', { StudyInstanceUID: ['1.2.1', '1.2.3', '9.9'] }, ['1.2.1', '1.2.3']],
    ['an empty key', { PatientID: '', StudyID: 'S1' }, ['1.2.1']],
    ['a lone asterisk', { PatientID: '*', StudyID: '*' }, ['1.2.2', '1.2.1', '1.2.3']],
    ['a date', { StudyDate: '20260105' }, ['1.2.1']],
    ['a range of dates', { StudyDate: '20260105-20260106' }, ['1.2.2', '1.2.1']],
    ['up to a date', { StudyDate: '-20260105' }, ['1.2.1']],
    ['from a date', { StudyDate: '20260106-' }, ['1.2.2']],
    ['a time', { StudyTime: '0930' }, ['1.2.1']],
    ['a time to its fraction', { StudyTime: '093000.25' }, ['1.2.1']],
    ['another fraction', { StudyTime: '093000.26' }, []],
    ['a range of times', { StudyTime: '0900-0959' }, ['1.2.1']],
    ['a range whose end is an hour', { StudyTime: '0900-10' }, ['1.2.2', '1.2.1']],
    ['times by themselves', { StudyDate: '20260105-20260106', StudyTime: '0900-0959' }, ['1.2.1']],
    ['sex', { PatientSex: 'F' }, ['1.2.2']],
    ['a birth date', { PatientBirthDate: '19500203' }, ['1.2.1']],
    ['a range of birth dates', { PatientBirthDate: '19500101-19801231' }, ['1.2.1']],
    ['modalities in study', { ModalitiesInStudy: 'SR' }, ['1.2.1']],
    ['several of them', { ModalitiesInStudy: ['US', 'DX'] }, ['1.2.2', '1.2.3']],
    ['modality at study level', { Modality: 'DX' }, ['1.2.2']],
    ['SOP classes in study', { SOPClassesInStudy: SR }, ['1.2.1']],
    ['a name', { PatientName: 'wang^jianguo' }, ['1.2.1']],
    ['a name in Chinese', { PatientName: '王*' }, ['1.2.1']],
    ['a name without its caret', { PatientName: '王建国' }, ['1.2.1']],
    ['a given name', { PatientName: '*秀英' }, ['1.2.2']],
    ['another name', { PatientName: '李小英' }, ['1.2.2']],
    ['pinyin is not written', { PatientName: 'shantianfang' }, []],
    ['the referring physician', { ReferringPhysicianName: '陈*' }, ['1.2.1']],
    ['the study id', { StudyID: 'S1' }, ['1.2.1']],
    ['an attribute without a column', { PatientAge: '075Y' }, ['1.2.1']],
    ['a name without a column', { OtherPatientNames: '李*' }, ['1.2.2']],
    ['empty values', { StudyDate: '""' }, ['1.2.3']],
    ['empty text', { AccessionNumber: '""' }, ['1.2.2', '1.2.3']],
    ['the issuer of the number', { IssuerOfPatientID: 'urn:qiao:org:zhaozhuang:patient', PatientID: 'Z1' }, ['1.2.1']],
    ['another issuer', { IssuerOfPatientID: 'urn:qiao:org:lijia:patient', PatientID: 'Z1' }, []],
    ['an unknown issuer', { IssuerOfPatientID: 'HOSPITAL', PatientID: 'Z1' }, []],
    ['series counted', { NumberOfStudyRelatedSeries: 2 }, ['1.2.1']],
  ])('studies by %s', async (_, keys, expected) => {
    expect(await found('STUDY', keys)).toEqual(expected);
  });

  it('date and time as one range, where that is asked for', async () => {
    const keys = { StudyDate: '20260105-20260106', StudyTime: '1000-0900' };
    expect(await found('STUDY', keys)).toEqual([]);
    expect(await found('STUDY', { ...keys, StudyTime: '0900-1000' }, { combinedDateTime: true })).toEqual([
      '1.2.2',
      '1.2.1',
    ]);
    const overnight = { StudyDate: '20260105-20260106', StudyTime: '0931-1000' };
    expect(await found('STUDY', overnight, { combinedDateTime: true })).toEqual(['1.2.2']);
  });

  it.each([
    ['wjg', ['1.2.1']],
    ['jianguo wang', ['1.2.1']],
    ['shan', ['1.2.3']],
    ['dantianfang', ['1.2.3']],
    ['li x', ['1.2.2']],
    ['王', ['1.2.1']],
    ['zhang', []],
  ])('names fuzzily by %s', async (name, expected) => {
    expect(await found('STUDY', { PatientName: name }, { fuzzyNames: true })).toEqual(expected);
  });

  it.each<[Parameters<typeof header>[0], string[]]>([
    [{ StudyInstanceUID: '1.2.1' }, ['1.2.1.1', '1.2.1.2']],
    [{ Modality: 'CT' }, ['1.2.1.1']],
    [{ SeriesNumber: 9 }, ['1.2.1.2']],
    [{ SeriesDescription: '*5.0' }, ['1.2.1.1']],
    [{ BodyPartExamined: 'HAND' }, ['1.2.2.1']],
    [{ PatientName: '王*', Modality: 'SR' }, ['1.2.1.2']],
    [{ PerformedProcedureStepStartDate: '20260105', PerformedProcedureStepStartTime: '0900-0930' }, ['1.2.1.1']],
    [{ RequestAttributesSequence: [{ ScheduledProcedureStepID: 'SPS2' }] }, ['1.2.1.1']],
    [{ RequestAttributesSequence: [{ ScheduledProcedureStepID: 'SPS2', RequestedProcedureID: 'RP2' }] }, ['1.2.1.1']],
    [{ RequestAttributesSequence: [{ ScheduledProcedureStepID: 'SPS2', RequestedProcedureID: 'RP1' }] }, []],
    [{ RequestAttributesSequence: [{ ScheduledProcedureStepID: 'SPS?' }] }, ['1.2.1.1']],
    [{ RequestAttributesSequence: [{ ScheduledProcedureStepID: '' }] }, ['1.2.2.1', '1.2.1.1', '1.2.1.2', '1.2.3.1']],
  ])('series by %j', async (keys, expected) => {
    expect(await found('SERIES', keys)).toEqual(expected);
  });

  it.each<[Parameters<typeof header>[0], string[]]>([
    [{ SeriesInstanceUID: '1.2.1.1' }, ['1.2.1.1.1', '1.2.1.1.2', '1.2.1.1.3']],
    [{ InstanceNumber: 2 }, ['1.2.1.1.2']],
    [{ SOPClassUID: SR }, ['1.2.1.2.1']],
    [{ Rows: 2048 }, ['1.2.2.1.1']],
    [{ NumberOfFrames: 1 }, ['1.2.2.1.1']],
    [{ BitsAllocated: 16, Columns: 512, InstanceNumber: 3 }, ['1.2.1.1.3']],
    [{ SliceThickness: 5, InstanceNumber: 1 }, ['1.2.1.1.1']],
    [{ SOPInstanceUID: ['1.2.1.1.3', '1.2.2.1.1'] }, ['1.2.2.1.1', '1.2.1.1.3']],
  ])('instances by %j', async (keys, expected) => {
    expect(await found('IMAGE', keys)).toEqual(expected);
  });

  it('patients, with what they have', async () => {
    const { items, patientIds } = await catalogue.find.find(ZHAO, {
      level: 'PATIENT',
      keys: header({
        PatientName: 'wang*',
        PatientID: '',
        NumberOfPatientRelatedStudies: '',
        NumberOfPatientRelatedInstances: '',
      }),
    });
    expect(items).toHaveLength(1);
    expect(patientIds).toHaveLength(1);
    expect(items[0]).toMatchObject({
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Wang^JianGuo', Ideographic: '王^建国' }] },
      '00100020': { vr: 'LO', Value: ['Z1'] },
      '00201200': { vr: 'IS', Value: [1] },
      '00201204': { vr: 'IS', Value: [4] },
    });
  });

  it('returns what was asked for, known attributes also when they are empty, and nothing of lower levels', async () => {
    const { items } = await catalogue.find.find(ZHAO, {
      level: 'STUDY',
      keys: header({
        StudyInstanceUID: '1.2.2',
        AccessionNumber: '',
        StudyTime: '',
        PatientName: '',
        ModalitiesInStudy: '',
        SOPClassesInStudy: '',
        NumberOfStudyRelatedInstances: '',
        InstanceAvailability: '',
        IssuerOfPatientID: '',
        Rows: '',
        Manufacturer: '',
      }),
    });
    expect(items).toEqual([
      {
        '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
        '00080030': { vr: 'TM', Value: ['10'] },
        '00080050': { vr: 'SH' },
        '00080056': { vr: 'CS', Value: ['ONLINE'] },
        '00080061': { vr: 'CS', Value: ['DX'] },
        '00080062': { vr: 'UI', Value: [CT] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Li^XiuYing', Ideographic: '李^秀英' }] },
        '00100021': { vr: 'LO', Value: ['urn:qiao:org:zhaozhuang:patient'] },
        '0020000D': { vr: 'UI', Value: ['1.2.2'] },
        '00201208': { vr: 'IS', Value: [1] },
      },
    ]);
  });

  it('of a sequence asked for by its items, only those; everything when everything is asked for', async () => {
    const ask = async (more: Partial<AttributeQuery>) =>
      (
        await catalogue.find.find(ZHAO, {
          level: 'SERIES',
          keys: header({ SeriesInstanceUID: '1.2.1.1', RequestAttributesSequence: [{ RequestedProcedureID: '' }] }),
          ...more,
        })
      ).items[0]!;
    const ids = { vr: 'SQ', Value: ['RP1', 'RP2'].map((id) => ({ '00401001': { vr: 'SH', Value: [id] } })) };
    expect((await ask({}))['00400275']).toEqual(ids);
    const whole = await ask({ includeAll: true });
    expect(Object.keys(whole).map(keywordOf)).toEqual(
      expect.arrayContaining(['PatientAge', 'StudyDescription', 'BodyPartExamined', 'NumberOfSeriesRelatedInstances']),
    );
    expect(Object.keys(whole).map(keywordOf)).not.toContain('SliceThickness');
    expect((whole['00400275']!.Value![0] as DicomJson)['00400009']).toBeDefined();
  });

  it('an instance gives its whole header', async () => {
    const { items } = await catalogue.find.find(ZHAO, {
      level: 'IMAGE',
      keys: header({ SOPInstanceUID: '1.2.1.1.2' }),
      includeAll: true,
    });
    expect(items[0]).toMatchObject({ '00180050': { vr: 'DS', Value: [5] }, '00280010': { vr: 'US', Value: [512] } });
  });

  it.each<[QueryLevel, Parameters<typeof header>[0], string, string]>([
    ['STUDY', { Rows: 512 }, 'unsupported-key', '00280010'],
    ['STUDY', { SeriesNumber: 1 }, 'unsupported-key', '00200011'],
    ['PATIENT', { StudyDate: '20260101' }, 'unsupported-key', '00080020'],
    ['STUDY', { StudyDate: '2026-01-05' }, 'invalid-key', '00080020'],
    ['STUDY', { StudyDate: '20260230' }, 'invalid-key', '00080020'],
    ['STUDY', { StudyTime: '2561' }, 'invalid-key', '00080030'],
    ['STUDY', { StudyInstanceUID: 'abc' }, 'invalid-key', '0020000D'],
    ['IMAGE', { Rows: 'many' }, 'invalid-key', '00280010'],
  ])('%s level by %j is refused with %s', async (level, keys, code, tag) => {
    const refusal = await found(level, keys).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ kind: 'invalid', code, detail: { tag } });
  });

  it('an organisation sees its own; a reader for the network sees each copy of a study, and each instance once', async () => {
    expect(await found('STUDY', { StudyInstanceUID: '1.2.1' }, {}, LI)).toEqual(['1.2.1']);
    expect(await found('STUDY', { PatientID: 'Z1' }, {}, LI)).toEqual([]);
    expect(await found('STUDY', { StudyInstanceUID: '1.2.1' }, {}, ALL)).toEqual(['1.2.1', '1.2.1']);
    expect(await found('SERIES', { StudyInstanceUID: '1.2.1' }, {}, ALL)).toEqual(['1.2.1.1', '1.2.1.2']);
    expect(await found('IMAGE', { StudyInstanceUID: '1.2.1', Modality: 'CT' }, {}, ALL)).toEqual(
      expect.arrayContaining(['1.2.1.1.1', '1.2.1.1.2', '1.2.1.1.3', '1.2.1.1.4']),
    );
    expect(await found('IMAGE', { StudyInstanceUID: '1.2.1', Modality: 'CT' }, {}, ALL)).toHaveLength(4);
    const lijia = { StudyInstanceUID: '1.2.1', IssuerOfPatientID: 'urn:qiao:org:lijia:patient' };
    expect(await found('SERIES', lijia, {}, ALL)).toEqual(['1.2.1.1']);
    expect(await found('IMAGE', lijia, {}, ALL)).toHaveLength(4);
    expect(await found('IMAGE', lijia, {}, ZHAO)).toEqual([]);
  });

  it('tells a try beyond the scope', async () => {
    expect(await catalogue.find.triesBeyond(LI, header({ StudyInstanceUID: '1.2.2' }))).toBe(true);
    expect(await catalogue.find.triesBeyond(LI, header({ SOPInstanceUID: '1.2.2.1.1' }))).toBe(true);
    expect(await catalogue.find.triesBeyond(LI, header({ StudyInstanceUID: '9.9' }))).toBe(false);
    expect(await catalogue.find.triesBeyond(LI, header({ PatientID: 'Z1' }))).toBe(false);
  });

  describe('with more than a page', () => {
    beforeAll(async () => {
      for (let number = 0; number < 30; number += 1) {
        await catalogue.file('lijia', {
          PatientID: `P${number % 7}`,
          PatientName: `Page^${number % 7}`,
          StudyInstanceUID: `1.3.${number}`,
          StudyDate: number % 3 === 0 ? '' : `202602${10 + (number % 5)}`,
          SeriesInstanceUID: `1.3.${number}.1`,
          SOPInstanceUID: `1.3.${number}.1.1`,
          ...(number % 2 === 0 ? { SeriesNumber: number } : {}),
        });
      }
    }, 60_000);

    it('limit and offset cut the same order, and say whether there is more', async () => {
      const keys = header({ PatientName: 'Page*' });
      const whole = await catalogue.find.find(LI, { level: 'STUDY', keys });
      expect(whole).toMatchObject({ more: false });
      expect(whole.items).toHaveLength(30);
      const parts = [];
      for (let offset = 0; offset < 30; offset += 7) {
        const part = await catalogue.find.find(LI, { level: 'STUDY', keys, limit: 7, offset });
        expect(part.more).toBe(offset + 7 < 30);
        parts.push(...part.items);
      }
      expect(parts).toEqual(whole.items);
      expect(await catalogue.find.count(LI, { level: 'STUDY', keys }, 1000)).toBe(30);
      expect(await catalogue.find.count(LI, { level: 'STUDY', keys }, 10)).toBe(10);
    });

    it.each<QueryLevel>(['PATIENT', 'STUDY', 'SERIES', 'IMAGE'])('streams %s level whole, each once', async (level) => {
      const uids = [];
      for await (const { item } of catalogue.find.stream(LI, { level, keys: header({ PatientName: 'Page*' }) }, 4)) {
        uids.push(text(item, uidTag[level]));
      }
      expect(new Set(uids).size).toBe(level === 'PATIENT' ? 7 : 30);
      expect(uids).toHaveLength(level === 'PATIENT' ? 7 : 30);
    });
  });
});
