import { pictureMark, type Received } from '../completeness.js';
import { dateTime, personName, sexAndAge } from '../format.js';
import type { Patient } from '../api/types.js';
import { enFirst } from '../text/en-first.js';
import { zhFirst, type FirstMessages } from '../text/zh-first.js';
import css from './first-picture.css?inline';
import { shownPixels, unpackPicture } from './unpack-picture.js';

/** Of the manifest what is said beside the picture. */
export interface Whose extends Omit<Received, 'kind'> {
  patient: Patient;
  organisation: { name: string };
  examinedAt: string | null;
  examState: string;
  series: { seriesInstanceUid: string; description: string | null; shared: Record<string, { Value: unknown[] }> }[];
}

export interface ShownFrame {
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  /** from 1 */
  readonly frame: number;
}

/** `none`: there is nothing to show, or it could not be had; whoever draws the series says why. */
export type FirstPictureState = 'asking' | 'preview' | 'lossless' | 'none';

const [LOSSY, ROWS, COLUMNS] = ['00282110', '00280010', '00280011'];
/** As many as the server packs. */
const MOST_PIXELS = 4 * 1024 * 1024;
const words = (): FirstMessages => (localStorage.getItem('qiao.language') === 'en' ? enFirst : zhFirst);

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  text = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/**
 * The image that a read is opened on, drawn before any of the application is there: whose it is and a small JPEG, marked as a preview; then
 * over it every pixel of the same image, at its own window. It is not windowed or measured here. Sets the user-timing marks `first-preview`
 * and `first-lossless`.
 */
export class FirstPicture {
  readonly element = element('div', 'first-picture');
  /** Its work is done, well or not, and the line is free. */
  readonly finished: Promise<void>;
  state: FirstPictureState = 'asking';
  shown: ShownFrame | null = null;
  private readonly leave = new AbortController();
  private readonly listeners = new Set<() => void>();
  private readonly line = element('div', 'first-line');
  private readonly stage = element('div', 'first-stage');
  private readonly wait = element('div', 'first-wait', words().common.loading);
  private readonly badge = element('span', 'first-badge');
  private readonly window = element('div', 'first-corner first-br');

  constructor(readonly readId: string) {
    this.element.dataset['readId'] = readId;
    this.element.dataset['testid'] = 'first-picture';
    this.stage.append(this.wait);
    this.element.append(element('style', '', css), this.line, this.stage);
    // What goes wrong here goes wrong for the application too, which says what it was.
    this.finished = this.run().catch(() => {
      if (this.state === 'asking') this.become('none');
    });
  }

  get closed(): boolean {
    return this.leave.signal.aborted;
  }

  /** Told of every change of `state`. @returns ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Takes it off the screen, for good. */
  close(): void {
    this.leave.abort();
    this.element.remove();
    this.become('none');
  }

  private async run(): Promise<void> {
    const [whose, preview] = await Promise.all([
      this.fetched('').then((answer) => answer.json() as Promise<Whose>),
      this.fetched('/first/preview'),
    ]);
    const url = URL.createObjectURL(await preview.blob());
    try {
      const picture = element('img', 'first-pixels');
      picture.alt = '';
      picture.src = url;
      await picture.decode();
      const [, series = ''] = /\/images\/([^/]+)\/preview$/.exec(preview.headers.get('content-location') ?? '') ?? [];
      const [sopInstanceUid = '', frame = '1'] = (preview.headers.get('x-shown-frame') ?? '').split('/');
      this.say(whose, decodeURIComponent(series));
      this.show(picture, { seriesInstanceUid: decodeURIComponent(series), sopInstanceUid, frame: Number(frame) });
      this.become('preview');
    } finally {
      URL.revokeObjectURL(url);
    }
    // What is too large to be packed is drawn by the application.
    if (!whose.series.some((one) => one.seriesInstanceUid === this.shown?.seriesInstanceUid && isLarge(one)))
      await this.drawLossless();
  }

  private async drawLossless(): Promise<void> {
    const answer = await this.fetched('/first/pixels');
    const unpacked = unpackPicture(new Uint8Array(await answer.arrayBuffer()));
    const { head } = unpacked;
    const pixels = shownPixels(unpacked);
    const canvas = element('canvas', 'first-pixels');
    canvas.width = pixels.width;
    canvas.height = pixels.height;
    canvas.getContext('2d')!.putImageData(pixels, 0, 0);
    this.show(head.pixelAspect === 1 ? canvas : squared(canvas, head.pixelAspect), head);
    this.badge.remove();
    const { window } = head;
    if (window) this.window.textContent = words().images.window(window.width.toFixed(0), window.center.toFixed(0));
    this.become('lossless');
  }

  private path(rest: string): string {
    return `/api/reads/${encodeURIComponent(this.readId)}/images${rest}`;
  }

  private get request(): RequestInit {
    return { credentials: 'same-origin', signal: this.leave.signal };
  }

  private async fetched(rest: string): Promise<Response> {
    const answer = await fetch(this.path(rest), this.request);
    if (answer.status !== 200) throw new Error(`${answer.status}`);
    return answer;
  }

  private say({ patient, examinedAt, organisation, series, ...exam }: Whose, uid: string): void {
    const t = words();
    const own = series.find((one) => one.seriesInstanceUid === uid);
    const name = personName(patient.name, t);
    this.line.append(
      element('b', '', name),
      ` ${[sexAndAge(patient, t), organisation.name, dateTime(examinedAt)].filter(Boolean).join(' · ')}`,
    );
    const left = element('div', 'first-corner first-tl');
    left.append(element('b', '', name), ` ${sexAndAge(patient, t)}\n${patient.number}\n${dateTime(examinedAt)}`);
    const right = element('div', 'first-corner first-tr', `${organisation.name}\n${own?.description ?? ''}\n`);
    const incomplete = pictureMark(exam, exam.examState, t);
    if (incomplete) right.append(element('span', 'first-badge', `◆ ${incomplete}`));
    if (own?.shared[LOSSY]?.Value[0] === '01') right.append(element('span', 'first-badge', `◆ ${t.images.lossy}`));
    this.badge.textContent = `◆ ${t.images.preview}`;
    right.append(this.badge);
    this.stage.append(left, right, this.window);
  }

  private show(picture: HTMLElement, { seriesInstanceUid, sopInstanceUid, frame }: ShownFrame): void {
    this.shown = { seriesInstanceUid, sopInstanceUid, frame };
    this.wait.remove();
    this.stage.querySelector('.first-pixels')?.remove();
    this.stage.prepend(picture);
  }

  private become(state: FirstPictureState): void {
    if (this.state === state) return;
    this.state = state;
    this.element.dataset['state'] = state;
    if (state === 'preview' || state === 'lossless') requestAnimationFrame(() => performance.mark(`first-${state}`));
    for (const listener of this.listeners) listener();
  }
}

/** Too large to be packed: there is no `/pixels` of it. */
export const isLarge = ({ shared }: Whose['series'][number]): boolean =>
  Number(shared[ROWS]?.Value[0] ?? 0) * Number(shared[COLUMNS]?.Value[0] ?? 0) > MOST_PIXELS;

/** The same picture with pixels as high as they are wide: the longer direction is drawn as it is. */
function squared(from: HTMLCanvasElement, aspect: number): HTMLCanvasElement {
  const to = element('canvas', from.className);
  to.width = aspect < 1 ? Math.round(from.width / aspect) : from.width;
  to.height = aspect > 1 ? Math.round(from.height * aspect) : from.height;
  to.getContext('2d')!.drawImage(from, 0, 0, to.width, to.height);
  return to;
}
