import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import jpeg from 'jpeg-js';
import { deriveLimbLeads, type EcgRecording } from '#libs/formats/ecg';
import { layoutEcgPage } from '#libs/formats/ecg-page';
import {
  type EcgPdfContent,
  findMissingGlyphs,
  renderEcgPdf,
  type ReportFonts,
  type ReportPdfContent,
  renderReportPdf,
} from '#libs/formats/report-pdf';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const font = (weight: string) =>
  readFile(require.resolve(`@expo-google-fonts/noto-sans-sc/${weight}/NotoSansSC_${weight}.ttf`));

function withTool(tool: string): typeof it | typeof it.skip {
  if (spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0) return it;
  if (process.env['CI'] !== undefined) throw new Error(`${tool} is not on this machine`);
  console.warn(`${tool} is not on this machine: its part is left out`);
  return it.skip;
}

/** A grey ramp, so that a picture turned upside down would show. */
function picture(width: number, height: number): Uint8Array {
  const data = Buffer.alloc(width * height * 4, 255);
  for (let at = 0; at < width * height; at++) data.fill(Math.floor(at / width) % 256, at * 4, at * 4 + 3);
  return jpeg.encode({ data, width, height }, 80).data;
}

const lead = (name: string) => ({
  name,
  samples: Int32Array.from({ length: 5000 }, (_, i) => (i % 400 < 12 ? 900 : Math.round(60 * Math.sin(i / 60)))),
  sampleRateHz: 500,
  microvoltsPerUnit: 1,
  baselineMicrovolts: 0,
  derived: false,
  startSeconds: 0,
});
const recording: EcgRecording = {
  patient: {},
  leads: ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5'].map(lead),
  measurements: [],
  statements: [],
  notes: [],
  source: 'dicom',
};
/** 1 mV for 100 ms at half past each second. */
const square = {
  ...lead('II'),
  samples: Int32Array.from({ length: 10_000 }, (_, i) => (i % 500 >= 250 && i % 500 < 300 ? 1000 : 0)),
};
const leads = [...recording.leads, ...deriveLimbLeads(recording)];

const content: ReportPdfContent = {
  kind: 'ecg',
  reportId: '0190c2f4-7b1e-7c55-9a55-3f1c6c1f2a10',
  reportNumber: 'QX-ECG-20260301-0003',
  version: 2,
  status: 'amended',
  requestingInstitution: '李家镇卫生院（挂牌：李家镇中心卫生院暨李家镇社区卫生服务中心、李家镇妇幼保健计划生育服务站）',
  examiningInstitution: '李家镇卫生院',
  readingInstitution: '桥县人民医院',
  patient: {
    number: 'LJ000042',
    name: '买买提·吐尔逊·阿卜杜拉·艾合买提江·努尔麦麦提 𡘙',
    sex: 'F',
    age: '58岁',
    idCardMasked: '110101********0028',
  },
  exam: { item: '十二导联心电图', modality: 'ECG', accessionNumber: 'E42', device: null, examiner: '李静' },
  times: {
    examined: new Date('2026-03-01T01:05:00Z'),
    arrived: new Date('2026-03-01T01:06:00Z'),
    reported: new Date('2026-03-01T01:12:00Z'),
    reviewed: null,
    timeZone: 'Asia/Shanghai',
  },
  clinicalInformation: '胸痛2小时，伴大汗。',
  findings: Array.from(
    { length: 45 },
    (_, i) => `${i + 1}. 窦性心律，心率75次/分，V1～V4导联ST段抬高0.2～0.4 mV，T波高尖。`,
  ).join('\n'),
  impression: '急性前壁心肌梗死可能，请结合临床及心肌酶学检查。',
  critical: '急性前壁ST段抬高型心肌梗死可能',
  keyImages: [
    { jpeg: picture(120, 90), caption: '图1　轴位' },
    { jpeg: picture(60, 120), caption: '图2　冠状位' },
    { jpeg: picture(90, 90), caption: '图3' },
    { jpeg: picture(90, 90), caption: '图4' },
    { jpeg: picture(90, 90), caption: '图5' },
  ],
  ecg: { page: layoutEcgPage({ ...recording, leads }), leads },
  author: '周明',
  reviewer: null,
  instanceCount: 1,
  instanceListHash: '0f'.repeat(32),
  testCa: true,
};

/** Where along a line of pixels the ink is: the middle of each run darker than `limit`, weighed by how dark. */
function inked(length: number, at: (i: number) => number, limit = 120): number[] {
  const found: number[] = [];
  let [sum, weight] = [0, 0];
  for (let i = 0; i <= length; i++) {
    const value = i < length ? at(i) : 255;
    if (value < limit) {
      sum += i * (255 - value);
      weight += 255 - value;
    } else if (weight > 0) {
      found.push(sum / weight);
      [sum, weight] = [0, 0];
    }
  }
  return found;
}

/** A P5 file of 8 bits. */
function readPgm(bytes: Buffer): { width: number; height: number; at: (x: number, y: number) => number } {
  const [head, width, height] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 60))!;
  const pixels = bytes.subarray(head.length);
  return { width: Number(width), height: Number(height), at: (x, y) => pixels[y * Number(width) + x]! };
}

type Drawn = ReturnType<typeof readPgm>;

/** The strip's baseline is the longest dark line of the page. */
function baselineOf({ width, height, at }: Drawn): number {
  const rows = Array.from({ length: height }, (_, y) => y);
  const darkness = rows.map((y) => Array.from({ length: width }, (_, x) => x).filter((x) => at(x, y) < 120).length);
  return darkness.lastIndexOf(Math.max(...darkness));
}

/** Of a page of `square` at 300 dpi: 250 mm of it, a second within 0.5 % and a millivolt within 1 %. */
function expectToScale(drawn: Drawn, speedMmPerS: number, gainMmPerMv: number): void {
  const { width, at } = drawn;
  const mm = 300 / 25.4;
  const baseline = baselineOf(drawn);
  const flanks = inked(width, (x) => at(x, baseline - Math.round(0.55 * gainMmPerMv * mm)));
  // The calibration pulse is before them.
  expect(flanks).toHaveLength(2 + (2 * 250) / speedMmPerS);
  const rises = flanks.slice(2).filter((_, index) => index % 2 === 0);
  const second = (rises.at(-1)! - rises[0]!) / (rises.length - 1);
  const plateau = Math.round((flanks[2]! + flanks[3]!) / 2);
  const from = baseline - Math.round((gainMmPerMv + 2) * mm);
  const level = (x: number): number => from + inked(Math.round((gainMmPerMv + 4) * mm), (y) => at(x, from + y))[0]!;
  const millivolt = level(plateau + Math.round(0.2 * speedMmPerS * mm)) - level(plateau);
  console.log(
    `300 dpi: ${speedMmPerS} mm ${(speedMmPerS * mm).toFixed(2)} px, a second ${second.toFixed(2)}; ` +
      `${gainMmPerMv} mm ${(gainMmPerMv * mm).toFixed(2)}, 1 mV ${millivolt.toFixed(2)}`,
  );
  expect(Math.abs(second / (speedMmPerS * mm) - 1)).toBeLessThan(0.005);
  expect(Math.abs(millivolt / (gainMmPerMv * mm) - 1)).toBeLessThan(0.01);
}

describe('renderReportPdf', () => {
  let folder: string;
  let fonts: ReportFonts;
  let pdf: Uint8Array;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qiao-report-'));
    fonts = { regular: await font('400Regular'), bold: await font('700Bold') };
    pdf = await renderReportPdf(content, fonts);
    await writeFile(join(folder, 'report.pdf'), pdf);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const textOf = async () => (await run('pdftotext', ['-layout', join(folder, 'report.pdf'), '-'])).stdout;

  it('is small, though the fonts are not, and the same each time', async () => {
    expect(pdf.length).toBeLessThan(400_000);
    expect(Buffer.from(await renderReportPdf(content, fonts)).equals(Buffer.from(pdf))).toBe(true);
  });

  it('knows what the fonts cannot show', () => {
    const rare = String.fromCodePoint(0xf0000);
    const { patient } = content;
    expect(findMissingGlyphs({ ...content, patient: { ...patient, name: `王${rare}` } }, fonts)).toContain(rare);
    expect(findMissingGlyphs({ ...content, patient: { ...patient, name: '王䶮' } }, fonts)).toEqual([]);
  });

  withTool('pdftotext')('every line of a long text is on some page, and every page says which it is', async () => {
    const text = await textOf();
    for (let line = 1; line <= 45; line++) expect(text).toContain(`${line}. 窦性心律，心率75次/分`);
    const pages = text.split('\f').filter((page) => page.trim() !== '');
    expect(pages.length).toBeGreaterThan(2);
    for (const [index, page] of pages.entries()) {
      expect(page.replaceAll(' ', '')).toContain(`第${index + 1}/${pages.length}页`);
      expect(page).toContain('本报告由内置测试CA签名，仅供测试，不具法律效力');
    }
    expect(text).toContain('【危急值】急性前壁ST段抬高型心肌梗死可能');
    expect(text.replaceAll(' ', '')).toContain('关键图像（另有1幅未印出）');
    expect(text.replaceAll(/\s/g, '')).toContain('字库缺字，以“□”代替：U+21619');
  });

  withTool('pdftoppm')(
    'the ECG is to scale at 300 dpi: 25 mm are a second within 0.5 %, 10 mm a millivolt within 1 %',
    async () => {
      const known = { ...recording, leads: [square] };
      const short = {
        ...content,
        findings: '方波',
        keyImages: [],
        ecg: { page: layoutEcgPage(known), leads: [square] },
      };
      await writeFile(join(folder, 'scale.pdf'), await renderReportPdf(short, fonts));
      const drawn = (await pagesOf('scale')).find((page) => page.width > page.height)!;
      expectToScale(drawn, 25, 10);
      // Strong lines of the grid are 5 mm apart, in a row with neither ink nor a fine line.
      const mm = 300 / 25.4;
      const row = baselineOf(drawn) + Math.round(7.5 * mm);
      const lines = inked(drawn.width, (x) => drawn.at(x, row), 215);
      const apart = (lines.at(-1)! - lines[0]!) / Math.round((lines.at(-1)! - lines[0]!) / (5 * mm));
      console.log(
        `300 dpi: ${lines.length} strong lines, ${apart.toFixed(3)} px apart; 5 mm are ${(5 * mm).toFixed(3)}`,
      );
      expect(lines).toHaveLength(55);
      expect(Math.abs(apart / (5 * mm) - 1)).toBeLessThan(0.005);
    },
    60_000,
  );

  async function pagesOf(name: string) {
    await run('pdftoppm', ['-r', '300', '-gray', join(folder, `${name}.pdf`), join(folder, name)]);
    const names = (await readdir(folder)).filter((one) => one.startsWith(`${name}-`) && one.endsWith('.pgm'));
    return Promise.all(names.map(async (one) => readPgm(await readFile(join(folder, one)))));
  }

  describe('an ECG by itself', () => {
    const sheet: Omit<EcgPdfContent, 'strip'> = {
      institution: '李家镇卫生院（挂牌：李家镇中心卫生院暨李家镇社区卫生服务中心、李家镇妇幼保健计划生育服务站）',
      patient: { number: 'P-20260301-000017', name: '王丽', sex: 'F', birthDate: '1961-02-03' },
      accessionNumber: 'ECG260301-0003',
      device: 'Mortara Instrument, Inc. ELI250',
      examined: new Date('2026-03-01T01:05:00Z'),
      arrived: new Date('2026-03-01T01:06:00Z'),
      timeZone: 'Asia/Shanghai',
      stretch: null,
      byDevice: [
        { code: 'HR', value: 61, unit: 'bpm' },
        { code: 'QRS-axis', value: -12, unit: 'deg' },
        { code: 'RV5+SV1', value: 2.345, unit: 'mV' },
      ],
      computed: [
        { code: 'HR', value: 60, unit: 'bpm' },
        { code: 'QTcF', value: 401, unit: 'ms' },
      ],
      statements: ['窦性心律', '左前分支传导阻滞，请结合临床'.repeat(6)],
    };
    const stripOf = (given: EcgRecording, options?: Parameters<typeof layoutEcgPage>[1]) => ({
      page: layoutEcgPage(given, options),
      leads: given.leads,
    });

    withTool('pdftoppm')(
      'is to scale at 300 dpi, at every speed and gain of the viewer',
      async () => {
        for (const [speedMmPerS, gainMmPerMv] of [
          [25, 10],
          [50, 20],
          [12.5, 5],
        ] as const) {
          const view = { speedMmPerS, gainMmPerMv, seconds: 250 / speedMmPerS };
          const strip = stripOf({ ...recording, leads: [square] }, view);
          await writeFile(join(folder, 'sheet.pdf'), await renderEcgPdf({ ...sheet, strip }, fonts));
          const [drawn, ...more] = await pagesOf('sheet');
          expect(more).toEqual([]);
          expect(Math.abs(drawn!.width - (297 * 300) / 25.4)).toBeLessThan(2);
          expectToScale(drawn!, speedMmPerS, gainMmPerMv);
        }
      },
      120_000,
    );

    withTool('pdftotext')(
      'says whose it is, what was measured and by whom, and what must be known of the page',
      async () => {
        const strip = stripOf({ ...recording, leads });
        const drawn = await renderEcgPdf(
          {
            ...sheet,
            strip,
            patient: { ...sheet.patient, name: '王丽𡘙' },
            stretch: { fromSeconds: 3600, seconds: 10, ofSeconds: 86_400 },
          },
          fonts,
        );
        await writeFile(join(folder, 'words.pdf'), drawn);
        const { stdout } = await run('pdftotext', ['-layout', join(folder, 'words.pdf'), '-']);
        const text = stdout.replaceAll(/\s/g, '');
        for (const words of [
          '李家镇卫生院',
          '编号P-20260301-000017性别女出生1961-02-03',
          '2026-03-0109:05(UTC+08:00)',
          '检查号ECG260301-0003',
          '61次/分60次/分',
          '–401ms',
          'QRS电轴-12°–',
          'RV5+SV12.345mV–',
          '均未经医生确认',
          '设备提示，未经医生确认',
          '25mm/s10mm/mV比例1:1',
          '未加显示滤波第3600–3610秒，全长86400秒',
          'aVR（推算）',
          'V6（未记录）',
          'Notrecorded:V6.',
          '字库缺字，以“□”代替：U+21619',
        ])
          expect(text).toContain(words);
      },
    );

    it('is the same each time, and small', async () => {
      const strip = stripOf({ ...recording, leads });
      const drawn = await renderEcgPdf({ ...sheet, strip }, fonts);
      expect(Buffer.from(await renderEcgPdf({ ...sheet, strip }, fonts)).equals(Buffer.from(drawn))).toBe(true);
      expect(drawn.length).toBeLessThan(300_000);
    });
  });

  withTool('pdffonts')('the fonts are embedded and map back to Unicode', async () => {
    const { stdout } = await run('pdffonts', [join(folder, 'report.pdf')]);
    const rows = stdout.trim().split('\n').slice(2);
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row).toMatch(/CID TrueType\s+Identity-H\s+yes yes yes/);
  });

  withTool('pdftoppm')('the strip says that it is 1:1, and poppler draws every page without a complaint', async () => {
    expect((await textOf()).replaceAll(/\s/g, '')).toContain('比例1:1');
    expect(await textOf()).toMatch(/aVR（推算）[\s\S]*V6（未记录）|V6（未记录）/);
    const { stderr } = await run('pdftoppm', ['-r', '50', '-png', join(folder, 'report.pdf'), join(folder, 'page')]);
    expect(stderr).toBe('');
  });

  withTool('pdfimages')('key images keep their own sizes', async () => {
    const { stdout } = await run('pdfimages', ['-list', '-f', '1', '-l', '9', join(folder, 'report.pdf')]);
    expect(stdout).toMatch(/image +120 +90 /);
    expect(stdout).toMatch(/image +60 +120 /);
  });

  it('draws an ECG of more samples than a call has arguments', async () => {
    const fast = { ...lead('II'), samples: new Int32Array(300_000).map((_, i) => i % 500), sampleRateHz: 30_000 };
    const wide: EcgRecording = { ...recording, leads: ['I', 'II', 'V1'].map((name) => ({ ...fast, name })) };
    const page = layoutEcgPage(wide);
    const wideStrip = await renderReportPdf(
      { ...content, findings: '快速采样', ecg: { page, leads: wide.leads } },
      fonts,
    );
    expect(Buffer.from(wideStrip.subarray(0, 5)).toString()).toBe('%PDF-');
  }, 60_000);
});
