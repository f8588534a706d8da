import { drawStrip, scaleText, stripScale } from './ecg-strip.js';
import { formatTime } from './format-time.js';
import { type ReportPdfContent } from './report-content.js';
import { A4, MM, Sheet, type TextStyle, type Typesetter } from './sheet.js';

const MARGIN = 46;
const BOTTOM = 74;
const INK = '#1d2730';
const QUIET = '#5d6b78';
const ALERT = '#b3261e';

const STATUS = { preliminary: '初步报告', final: '正式报告', amended: '修订报告', withdrawn: '已撤回' } as const;
const SEX = { M: '男', F: '女', O: '其他' } as const;
const MODALITY: Readonly<Record<string, string>> = {
  CT: 'CT',
  MR: '磁共振 (MR)',
  DX: '数字X线摄影 (DX)',
  CR: '计算机X线摄影 (CR)',
  US: '超声 (US)',
  ECG: '心电图 (ECG)',
};

export const TEST_CA_NOTICE = '本报告由内置测试CA签名，仅供测试，不具法律效力';

/** Width over height of a key image. */
export type AspectRatios = readonly number[];

class ReportLayout {
  readonly sheets: Sheet[] = [];
  private sheet!: Sheet;
  private y = 0;

  constructor(
    private readonly content: ReportPdfContent,
    private readonly type: Typesetter,
  ) {
    this.newSheet();
  }

  private get right(): number {
    return this.sheet.width - MARGIN;
  }

  private newSheet(width: number = A4.width, height: number = A4.height): void {
    this.sheet = new Sheet(width, height);
    this.sheets.push(this.sheet);
    this.y = width > height ? 34 : MARGIN;
    if (this.sheets.length === 1) return;
    const { patient, reportNumber } = this.content;
    const again = `${patient.name}　${patient.number}　${reportNumber}（续）`;
    for (const line of this.type.wrap(again, this.right - MARGIN, { size: 9 })) {
      this.sheet.text(line, MARGIN, this.y, { size: 9, colour: QUIET });
      this.y += 13;
    }
    this.sheet.rule(MARGIN, this.right, this.y - 6);
    this.y += 10;
  }

  private room(height: number): void {
    if (this.y + height > this.sheet.height - BOTTOM) this.newSheet();
  }

  private centred(text: string, style: TextStyle, leading: number): void {
    for (const line of this.type.wrap(text, this.right - MARGIN, style)) {
      this.sheet.text(line, (this.sheet.width - this.type.width(line, style)) / 2, this.y, style);
      this.y += leading;
    }
  }

  private lines(text: string, style: TextStyle, leading: number): void {
    for (const line of this.type.wrap(text, this.right - MARGIN, style)) {
      this.room(leading);
      this.sheet.text(line, MARGIN, this.y, style);
      this.y += leading;
    }
  }

  title(): void {
    const { content } = this;
    this.y += 12;
    this.centred(content.readingInstitution, { size: 15, colour: INK }, 24);
    this.centred(content.kind === 'ecg' ? '心电图诊断报告' : '影像诊断报告', { size: 20, bold: true, colour: INK }, 24);
    const status = `${STATUS[content.status]}　第 ${content.version} 版`;
    const style = { size: 9.5, colour: content.status === 'final' ? QUIET : ALERT };
    const width = this.type.width(status, style);
    this.sheet.text(status, this.right - width, this.y, style);
    const number = this.type.wrap(`报告编号：${content.reportNumber}`, this.right - MARGIN - width - 16, style);
    for (const [index, line] of number.entries()) {
      if (index > 0) this.y += 13;
      this.sheet.text(line, MARGIN, this.y, { size: 9.5, colour: QUIET });
    }
    this.y += 7;
    this.sheet.rule(MARGIN, this.right, this.y, '#2f6f9f', 1.2);
    this.y += 17;
    if (content.critical !== null) {
      this.lines(`【危急值】${content.critical}`, { size: 11.5, bold: true, colour: ALERT }, 18);
      this.y += 2;
    }
  }

  /** Rows of label and value in columns of equal width; every value wraps in its own column. */
  private grid(rows: readonly (readonly (readonly [string, string | null])[])[]): void {
    for (const row of rows) {
      const column = (this.right - MARGIN) / row.length;
      const cells = row.map(([label, value]) => {
        const inset = this.type.width(`${label}：`, { size: 9.5 });
        return { label, inset, lines: this.type.wrap(value || '未提供', column - inset - 8, { size: 9.5 }) };
      });
      const height = Math.max(...cells.map(({ lines }) => lines.length)) * 14 + 4;
      this.room(height);
      for (const [index, { label, inset, lines }] of cells.entries()) {
        const x = MARGIN + index * column;
        this.sheet.text(`${label}：`, x, this.y, { size: 9.5, colour: QUIET });
        for (const [at, line] of lines.entries()) {
          this.sheet.text(line, x + inset, this.y + at * 14, { size: 9.5, colour: INK });
        }
      }
      this.y += height;
    }
  }

  particulars(): void {
    const { patient, exam, times, ...content } = this.content;
    const at = (time: Date | null) => formatTime(time, times.timeZone);
    const modality = exam.modality === null ? null : (MODALITY[exam.modality] ?? exam.modality);
    this.grid([
      [
        ['姓名', patient.name],
        ['性别', patient.sex === null ? null : SEX[patient.sex]],
        ['年龄', patient.age],
      ],
      [
        ['患者编号', patient.number],
        ['身份证号', patient.idCardMasked],
        ['检查号', exam.accessionNumber],
      ],
      [
        ['申请机构', content.requestingInstitution],
        ['检查机构', content.examiningInstitution],
      ],
      [
        ['诊断机构', content.readingInstitution],
        ['检查项目', exam.item],
      ],
      [
        ['检查类型', modality],
        ['设备', exam.device],
        ['检查者', exam.examiner],
      ],
      [
        ['检查时间', at(times.examined)],
        ['到达时间', at(times.arrived)],
      ],
      [
        ['报告时间', at(times.reported)],
        ['审核时间', at(times.reviewed)],
      ],
    ]);
    this.sheet.rule(MARGIN, this.right, this.y - 8);
    this.y += 10;
  }

  section(heading: string, text: string, bold = false): void {
    this.room(40);
    this.sheet.text(heading, MARGIN, this.y, { size: 11.5, bold: true, colour: '#2f6f9f' });
    this.y += 19;
    this.lines(text.trim() === '' ? '未提供' : text, { size: 11, bold, colour: INK }, 18.5);
    this.y += 9;
  }

  images(ratios: AspectRatios): void {
    const images = this.content.keyImages.slice(0, 4);
    if (images.length === 0) return;
    const column = (this.right - MARGIN - 14) / 2;
    const captions = images.map(({ caption }) => this.type.wrap(caption, column, { size: 9 }));
    const more = this.content.keyImages.length - images.length;
    for (let first = 0; first < images.length; first += 2) {
      const row = [first, first + 1].filter((index) => index < images.length);
      const sizes = row.map((index) => {
        const ratio = ratios[index] ?? 1;
        const width = Math.min(column, 190 * ratio);
        return { width, height: width / ratio };
      });
      const picture = Math.max(...sizes.map(({ height }) => height));
      const text = Math.max(...row.map((index) => captions[index]!.length)) * 13;
      const heading = first === 0 ? 22 : 0;
      this.room(heading + picture + text + 14);
      if (first === 0) {
        const title = more > 0 ? `关键图像（另有 ${more} 幅未印出）` : '关键图像';
        this.sheet.text(title, MARGIN, this.y, { size: 11.5, bold: true, colour: '#2f6f9f' });
        this.y += 12;
      }
      for (const [at, index] of row.entries()) {
        const x = MARGIN + at * (column + 14);
        this.sheet.image(index, x, this.y, sizes[at]!.width, sizes[at]!.height);
        for (const [line, words] of captions[index]!.entries()) {
          this.sheet.text(words, x, this.y + picture + 12 + line * 13, { size: 9, colour: QUIET });
        }
      }
      this.y += picture + text + 14;
    }
    this.y += 8;
  }

  signatures(): void {
    this.room(34);
    this.sheet.rule(MARGIN, this.right, this.y - 8);
    this.y += 10;
    const { author, reviewer } = this.content;
    this.grid([
      [
        ['报告医师', author],
        ['审核医师', reviewer],
      ],
    ]);
  }

  /** The strip has a landscape page of its own, because 10 s at 25 mm/s are wider than an upright page. */
  strip(): void {
    const { ecg } = this.content;
    if (ecg === null) return;
    for (const note of ecg.page.notes) this.lines(`心电图说明：${note}`, { size: 9, colour: QUIET }, 13);
    this.newSheet(A4.height, A4.width);
    const narrow = 24;
    const available = this.sheet.width - 2 * narrow;
    const scale = stripScale(ecg, available, this.sheet.height - BOTTOM - this.y - 12);
    this.lines(scaleText(ecg, scale), { size: 9.5, colour: INK }, 14);
    const x = Math.max(narrow, (this.sheet.width - ecg.page.grid.widthMm * MM * scale) / 2);
    drawStrip(this.sheet, ecg, x, this.y - 4, scale);
  }

  /** A character that the font cannot show must not vanish without a word, least of all from a name. */
  missing(characters: readonly string[]): void {
    if (characters.length === 0) return;
    const codes = characters.map((c) => `U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
    this.lines(`注：字库缺字，以“□”代替：${codes.join(' ')}`, { size: 9, colour: ALERT }, 13);
  }

  footers(): void {
    const { content } = this;
    for (const [index, sheet] of this.sheets.entries()) {
      const right = sheet.width - MARGIN;
      let y = sheet.height - 54;
      sheet.rule(MARGIN, right, y - 11);
      const small = { size: 7.5, colour: QUIET };
      if (content.testCa) sheet.text(TEST_CA_NOTICE, MARGIN, y, { size: 8.5, bold: true, colour: ALERT });
      const page = `第 ${index + 1} / ${this.sheets.length} 页`;
      sheet.text(page, right - this.type.width(page, { size: 8.5 }), y, { size: 8.5, colour: QUIET });
      y += 13;
      sheet.text(`报告ID：${content.reportId}`, MARGIN, y, small);
      sheet.text(
        `影像清单（${content.instanceCount} 个实例）SHA-256：${content.instanceListHash}`,
        MARGIN,
        y + 11,
        small,
      );
    }
  }
}

/** The pages of a report; `missing` are the characters to be confessed at its end. */
export function layOutReport(
  content: ReportPdfContent,
  type: Typesetter,
  ratios: AspectRatios,
  missing: readonly string[],
): Sheet[] {
  const layout = new ReportLayout(content, type);
  layout.title();
  layout.particulars();
  layout.section('临床信息', content.clinicalInformation ?? '');
  layout.section(content.kind === 'ecg' ? '心电图所见' : '检查所见', content.findings);
  layout.section('诊断意见', content.impression, true);
  layout.images(ratios);
  layout.signatures();
  layout.missing(missing);
  layout.strip();
  layout.footers();
  return layout.sheets;
}
