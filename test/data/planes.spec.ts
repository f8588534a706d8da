import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import dicomParser from 'dicom-parser';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, sitDown, waitForPicture } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { lines, mark, numberIn, type Point } from '#test/mark-by-mouse';
import { eventually, QiaoProcess } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;
const data = join(process.env['QIAO_TEST_DATA']!, 'dicom');

interface Slice {
  readonly study: string;
  readonly columns: number;
  readonly rows: number;
  readonly spacing: readonly [number, number];
  readonly position: readonly number[];
  readonly directions: readonly number[];
  readonly value: (column: number, row: number) => number;
}

/** Read with dicom-parser alone: uncompressed, 16 bits, one value a pixel. */
function sliceOf(bytes: Uint8Array): Slice {
  const dataSet = dicomParser.parseDicom(bytes);
  const many = (tag: string) => dataSet.string(tag)!.split('\\').map(Number);
  const { dataOffset, length } = dataSet.elements['x7fe00010']!;
  const columns = dataSet.uint16('x00280011')!;
  const words = new DataView(bytes.buffer, bytes.byteOffset + dataOffset, length);
  const signed = dataSet.uint16('x00280103') === 1;
  const [slope, intercept] = [dataSet.floatString('x00281053') ?? 1, dataSet.floatString('x00281052') ?? 0];
  const [down, across] = many('x00280030');
  return {
    study: dataSet.string('x0020000d')!,
    columns,
    rows: dataSet.uint16('x00280010')!,
    spacing: [across!, down!],
    position: many('x00200032'),
    directions: many('x00200037'),
    value: (column, row) => {
      const at = (row * columns + column) * 2;
      return (signed ? words.getInt16(at, true) : words.getUint16(at, true)) * slope + intercept;
    },
  };
}

/**
 * The lattice that planes are cut from, and its values: linear between slices and between pixels, where the slices really lie. The first
 * voxel lies on the first pixel of the first slice, or where another reaches further; steps are as small as the least gap.
 */
function volumeOf(all: readonly Slice[], axes: readonly [Place, Place, Place]) {
  const on = (place: readonly number[], axis: 0 | 1 | 2) => place.reduce((sum, v, at) => sum + v * axes[axis][at]!, 0);
  const slices = [...all].sort((one, other) => on(one.position, 2) - on(other.position, 2));
  const { columns, rows, spacing } = slices[0]!;
  const at = slices.map(({ position }) =>
    [0, 1, 2].map((axis) => on(position, axis as 0) - on(slices[0]!.position, axis as 0)),
  );
  const depths = at.map((one) => one[2]!);
  const gaps = depths.slice(1).map((depth, index) => depth - depths[index]!);
  const even = Math.max(...gaps) - Math.min(...gaps) < 0.02 && at.every(([x, y]) => Math.hypot(x!, y!) < 0.1);
  const step = even ? depths.at(-1)! / gaps.length : Math.max(Math.min(...gaps), Math.min(...spacing));
  const offsets = at.map(([x, y]) => [x! / spacing[0], y! / spacing[1]] as const);
  const least = [0, 1].map((axis) => Math.floor(Math.min(...offsets.map((one) => one[axis]!)) + (even ? 0.5 : 0)));
  const most = [0, 1].map((axis) => Math.ceil(Math.max(...offsets.map((one) => one[axis]!)) - (even ? 0.5 : 0)));
  const pixel = (slice: number, x: number, y: number): number => {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    let sum = 0;
    for (const [i, j] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const weight = (i ? x - left : 1 - x + left) * (j ? y - top : 1 - y + top);
      if (weight > 0) sum += weight * slices[slice]!.value(left + i, top + j);
    }
    return sum;
  };
  return {
    even,
    counts: [columns + most[0]! - least[0]!, rows + most[1]! - least[1]!, Math.floor(depths.at(-1)! / step + 1e-6) + 1],
    steps: [...spacing, step],
    value: ([column, row, slice]: Place): number => {
      if (even) return slices[slice]!.value(column, row);
      const depth = slice * step;
      const back = Math.max(
        1,
        depths.findIndex((one) => one >= depth - 1e-9),
      );
      const part = (depth - depths[back - 1]!) / gaps[back - 1]!;
      const [near, far] = [back - 1, back].map((one) =>
        pixel(one, column + least[0]! - offsets[one]![0], row + least[1]! - offsets[one]![1]),
      );
      return near! * (1 - part) + far! * part;
    },
  };
}

/** Linear between the eight voxels around. */
function betweenVoxels(voxel: readonly number[], value: (voxel: Place) => number): number {
  let sum = 0;
  for (let corner = 0; corner < 8; corner += 1) {
    const at = voxel.map((one, axis) => Math.floor(one) + ((corner >> axis) & 1));
    const weight = voxel.reduce((all, one, axis) => all * (1 - Math.abs(one - at[axis]!)), 1);
    if (weight > 1e-9) sum += weight * value(at as unknown as Place);
  }
  return sum;
}

/** Which axis of the volume is walked, and which way. */
interface Walk {
  readonly own: number;
  readonly way: 1 | -1;
}

const PLANES = ['axial', 'coronal', 'sagittal'] as const;
type Place = readonly [number, number, number];
/** The patient's axes that go across, down and from image to image, and which way: +x left, +y back, +z head. */
const HUNG: Readonly<Record<(typeof PLANES)[number], readonly [axis: 0 | 1 | 2, sign: 1 | -1][]>> = {
  axial: [
    [0, 1],
    [1, 1],
    [2, -1],
  ],
  coronal: [
    [0, 1],
    [2, -1],
    [1, 1],
  ],
  sagittal: [
    [1, 1],
    [2, -1],
    [0, 1],
  ],
};

suite('planes through real series', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start(), launchBrowser()]);
    // A screen on which a voxel is more than a pixel in every cell, so that the mouse meets it.
    ({ page, complaints } = await sitDown(browser, qiao, 'sun', { width: 2400, height: 1500 }));
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  // The CT was taken with a gantry leaning by 18.5°, and its slices lie 1.1 to 7.0 mm apart.
  it.each([
    ['series-ct-28', 'HU'],
    ['series-mr-196', ''],
  ])('%s: values along lines in all three planes are those of the volume', async (series, unit) => {
    const files = readdirSync(join(data, series)).map((name) => readFileSync(join(data, series, name)));
    expect((await qiao.stow('pacs-zhaozhuang', files)).status).toBe(200);
    const all = files.map(sliceOf);
    const [first] = all;
    const { directions } = first!;
    // Which axis of the patient rows, columns and slices follow; these series lie along them within a few degrees.
    const [a, b, c, d, e, f] = directions as [number, number, number, number, number, number];
    const axes: readonly [Place, Place, Place] = [
      [a, b, c],
      [d, e, f],
      [b * f - c * e, c * d - a * f, a * e - b * d],
    ];
    const along = axes.map((axis) => axis.findIndex((value) => Math.abs(value) > 0.8));
    expect([...along].sort()).toEqual([0, 1, 2]);
    const volume = volumeOf(all, axes);
    const { counts, steps } = volume;

    const id = await eventually('the read', () =>
      page.evaluate<string | undefined>(`(async () => {
        const { items } = await (await fetch('/api/worklist?search=')).json();
        return items.find((row) => row.studyInstanceUid === '${first!.study}' && row.instances === ${files.length})?.id;
      })()`),
    );
    await page.goto(`${qiao.base}/reads/${id}`);
    await waitForPicture(page, first!.study);
    await page.keyboard.press('j');
    await eventually(
      'three planes',
      async () => (await page.locator('[data-testid=viewport][data-rendered-image-id^="plane:"]').count()) === 3,
      120,
    );
    await page.waitForTimeout(500);
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/planes-${series}.png` });
    let differing = 0;
    for (const [cell, name] of PLANES.entries()) {
      const walks = HUNG[name].map(([axis, sign]) => {
        const own = along.indexOf(axis);
        return { own, reversed: Math.sign(axes[own]![axis]!) !== sign, count: counts[own]!, step: steps[own]! };
      });
      const [across, down, through] = walks as [(typeof walks)[0], (typeof walks)[0], (typeof walks)[0]];
      const drawn = {
        columns: across.count,
        rows: down.count,
        spacing: [across.step, down.step] as [number, number],
      };
      const middle = through.count >> 1;
      await page
        .getByTestId('frame-indicator')
        .nth(cell)
        .filter({ hasText: `${middle + 1}/${through.count}` })
        .waitFor();
      const told: number[] = [];
      for (const part of [0.35, 0.45, 0.6]) {
        const point: Point = [Math.round((drawn.columns - 1) * part), Math.round((drawn.rows - 1) * (0.3 + part / 2))];
        const voxel: [number, number, number] = [0, 0, 0];
        for (const [walk, at] of [
          [across, point[0]],
          [down, point[1]],
          [through, middle],
        ] as const)
          voxel[walk.own] = walk.reversed ? walk.count - 1 - at : at;
        const expected = volume.value(voxel);
        await mark(page, drawn, 'd', [point], 'drag', cell);
        const text = await eventually('a value', async () => (await lines(page))[0], 10);
        expect(text.endsWith(unit)).toBe(true);
        // Written in whole numbers, of values that are kept in 32 bits.
        const off = Math.abs(numberIn(text) - expected);
        expect(off < 0.501 ? 'right' : `${name} ${point.join()}: ${text} instead of ${expected}`).toBe('right');
        await page.keyboard.press('Delete');
        await eventually('no value', async () => (await lines(page)).length === 0, 10);
        told.push(expected);
      }
      differing += new Set(told).size;
    }
    // Not the same air everywhere.
    expect(differing).toBeGreaterThan(6);

    // Turned by thirty degrees in the axial plane, about the middles of all three, the coronal one runs between the voxels.
    const walkOf = (name: (typeof PLANES)[number]) =>
      HUNG[name].map(([axis, sign]): { own: number; way: 1 | -1 } => {
        const own = along.indexOf(axis);
        return { own, way: Math.sign(axes[own]![axis]!) === sign ? 1 : -1 };
      }) as [Walk, Walk, Walk];
    const [right, down, feet] = walkOf('axial');
    const middles = [0, 1, 2].map((own) => {
      const { way } = [right, down, feet].find((walk) => walk.own === own)!;
      return way === 1 ? counts[own]! >> 1 : counts[own]! - 1 - (counts[own]! >> 1);
    });
    const step = Math.min(...(steps as number[]));
    // A step across and one down, in voxels.
    const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
    const stepsOf = (...parts: readonly (readonly [Walk, number])[]): number[] =>
      [0, 1, 2].map((own) =>
        parts.reduce((sum, [walk, part]) => sum + (walk.own === own ? (walk.way * part * step) / steps[own]! : 0), 0),
      );
    const [row, column] = [stepsOf([right, cos], [down, sin]), stepsOf([feet, 1])];
    /** From the middle to the furthest corners, in pixels of the plane. */
    const range = (direction: readonly number[]): readonly [number, number] => {
      const ends = Array.from({ length: 8 }, (_, corner) =>
        direction.reduce((sum, part, own) => {
          const place = ((corner >> own) & 1 ? counts[own]! - 1 : 0) - middles[own]!;
          // Both in millimetres along an axis, over the square of a step.
          return sum + (place * steps[own]! * part * steps[own]!) / step ** 2;
        }, 0),
      );
      return [Math.ceil(Math.min(...ends) - 1e-6), Math.floor(Math.max(...ends) + 1e-6)];
    };
    const [across, deep] = [range(row), range(column)];
    const drawn = {
      columns: across[1] - across[0] + 1,
      rows: deep[1] - deep[0] + 1,
      spacing: [step, step] as [number, number],
    };
    await page
      .getByTestId('viewport')
      .first()
      .click({ position: { x: 60, y: 700 } });
    for (let times = 1; times <= 6; times += 1) {
      await page.keyboard.press('>');
      await page
        .getByTestId('plane')
        .nth(1)
        .filter({ hasText: `冠状面偏 ${5 * times}.0°` })
        .waitFor();
    }
    await page.waitForTimeout(500);
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/oblique-${series}.png` });
    const seen = new Set<number>();
    for (const [x, y] of [
      [0.4, 0.4],
      [0.5, 0.55],
      [0.62, 0.45],
    ] as const) {
      const point: Point = [Math.round(drawn.columns * x), Math.round(drawn.rows * y)];
      const voxel = middles.map(
        (middle, own) => middle + (point[0] + across[0]) * row[own]! + (point[1] + deep[0]) * column[own]!,
      );
      const expected = volume.even ? betweenVoxels(voxel, volume.value) : volume.value(voxel as never);
      await mark(page, drawn, 'd', [point], 'drag', 1);
      const text = await eventually('a value', async () => (await lines(page))[0], 10);
      const off = Math.abs(numberIn(text) - expected);
      expect(off < 1.01 ? 'right' : `oblique ${point.join()}: ${text} instead of ${expected}`).toBe('right');
      await page.keyboard.press('Delete');
      await eventually('no value', async () => (await lines(page)).length === 0, 10);
      seen.add(Math.round(expected));
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  it('complain of nothing', () => expect(complaints).toEqual([]));
});
