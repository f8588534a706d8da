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
import { findMissingGlyphs, type ReportFonts, type ReportPdfContent, renderReportPdf } from '#libs/formats/report-pdf';

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
      // 1 mV for 100 ms at half past each second.
      const square = {
        ...lead('II'),
        samples: Int32Array.from({ length: 5000 }, (_, i) => (i % 500 >= 250 && i % 500 < 300 ? 1000 : 0)),
      };
      const known = { ...recording, leads: [square] };
      const short = {
        ...content,
        findings: '方波',
        keyImages: [],
        ecg: { page: layoutEcgPage(known), leads: [square] },
      };
      await writeFile(join(folder, 'scale.pdf'), await renderReportPdf(short, fonts));
      await run('pdftoppm', ['-r', '300', '-gray', join(folder, 'scale.pdf'), join(folder, 'scale')]);
      const names = (await readdir(folder)).filter((name) => name.startsWith('scale') && name.endsWith('.pgm'));
      const pages = await Promise.all(names.map(async (name) => readPgm(await readFile(join(folder, name)))));
      const { width, height, at } = pages.find((page) => page.width > page.height)!;
      const mm = 300 / 25.4;
      // The strip's baseline is the longest dark line of the page.
      const rows = Array.from({ length: height }, (_, y) => y);
      const darkness = rows.map((y) => Array.from({ length: width }, (_, x) => x).filter((x) => at(x, y) < 120).length);
      const baseline = darkness.lastIndexOf(Math.max(...darkness));
      const flanks = inked(width, (x) => at(x, baseline - Math.round(5.5 * mm)));
      expect(flanks).toHaveLength(2 + 20);
      const rises = flanks.slice(2).filter((_, index) => index % 2 === 0);
      const second = (rises.at(-1)! - rises[0]!) / 9;
      const plateau = Math.round((flanks[2]! + flanks[3]!) / 2);
      const from = baseline - Math.round(12 * mm);
      const level = (x: number): number => from + inked(Math.round(14 * mm), (y) => at(x, from + y))[0]!;
      const millivolt = level(plateau + Math.round(5 * mm)) - level(plateau);
      console.log(
        `300 dpi: 25 mm ${(25 * mm).toFixed(2)} px, a second ${second.toFixed(2)}; 10 mm ${(10 * mm).toFixed(2)}, 1 mV ${millivolt.toFixed(2)}`,
      );
      expect(Math.abs(second / (25 * mm) - 1)).toBeLessThan(0.005);
      expect(Math.abs(millivolt / (10 * mm) - 1)).toBeLessThan(0.01);
      // Strong lines of the grid are 5 mm apart, in a row with neither ink nor a fine line.
      const lines = inked(width, (x) => at(x, baseline + Math.round(7.5 * mm)), 215);
      const apart = (lines.at(-1)! - lines[0]!) / Math.round((lines.at(-1)! - lines[0]!) / (5 * mm));
      console.log(
        `300 dpi: ${lines.length} strong lines, ${apart.toFixed(3)} px apart; 5 mm are ${(5 * mm).toFixed(3)}`,
      );
      expect(lines).toHaveLength(55);
      expect(Math.abs(apart / (5 * mm) - 1)).toBeLessThan(0.005);
    },
    60_000,
  );

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
