import type { Page } from 'playwright-core';
import type { PhantomOptions } from './measuring-phantom.js';

/** Columns and rows of pixel centres, counted from 0. */
export type Point = readonly [column: number, row: number];

/** What is drawn in a cell: its matrix, and millimetres from column to column and from row to row. */
export interface Drawn extends Pick<PhantomOptions, 'columns' | 'rows'> {
  readonly spacing: readonly [number, number, ...number[]];
}

/** Where pixels of the image are on the page while the picture is fitted to its cell and not turned. */
export async function placeOf(page: Page, { columns, rows, spacing }: Drawn, cell = 0) {
  const box = (await page.getByTestId('viewport').nth(cell).boundingBox())!;
  const scale = Math.min(box.width / (columns * spacing[0]), box.height / (rows * spacing[1]));
  return ([column, row]: Point): { x: number; y: number } => ({
    x: box.x + box.width / 2 + (column - (columns - 1) / 2) * spacing[0] * scale,
    y: box.y + box.height / 2 + (row - (rows - 1) / 2) * spacing[1] * scale,
  });
}

/** Half a screen pixel at each end, in pixels of the image and in millimetres. */
export async function slack(page: Page, phantom: Drawn): Promise<number> {
  const place = await placeOf(page, phantom);
  const pixel = Math.min(place([1, 0]).x - place([0, 0]).x, place([0, 1]).y - place([0, 0]).y);
  return (1.5 / pixel) * Math.max(phantom.spacing[0], phantom.spacing[1]);
}

/** How a mark is drawn: by clicks at its points, by dragging from the first to the others, or line by line. */
export type Way = 'clicks' | 'drag' | 'lines';

/** @returns the lines written beside all marks */
export async function mark(page: Page, drawn: Drawn, key: string, points: readonly Point[], way: Way, cell = 0) {
  const place = await placeOf(page, drawn, cell);
  // The browser cuts what lies between its pixels off.
  const to = (point: Point) => page.mouse.move(Math.round(place(point).x), Math.round(place(point).y));
  await page.keyboard.press(key);
  const [first, ...others] = points;
  let from = first!;
  await to(from);
  await page.mouse.down();
  if (way === 'clicks' || others.length === 0) await page.mouse.up();
  for (const [index, point] of others.entries()) {
    const begins = way === 'lines' && index % 2 === 1;
    if (!begins) await to([(from[0] + point[0]) / 2, (from[1] + point[1]) / 2]);
    await to(point);
    if (way === 'clicks' || begins) await page.mouse.down();
    if (!begins) await page.mouse.up();
    if (begins) from = point;
  }
  await page.mouse.move(place(first!).x + 40, place(first!).y - 40);
  return lines(page);
}

export const lines = (page: Page): Promise<string[]> =>
  page
    .locator('[data-testid=viewport] svg tspan')
    .allTextContents()
    .then((all) => all.map((one) => one.trim()).filter(Boolean));
export const numberIn = (text: string): number => Number(/-?\d+(\.\d+)?/.exec(text)?.[0] ?? NaN);
