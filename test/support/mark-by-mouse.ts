import type { Page } from 'playwright-core';
import type { PhantomOptions } from './measuring-phantom.js';

/** Columns and rows of pixel centres, counted from 0. */
export type Point = readonly [column: number, row: number];

/** Where pixels of the image are on the screen while the picture is fitted and not turned. */
async function placeOf(page: Page, { columns, rows, spacing }: PhantomOptions) {
  const box = (await page.getByTestId('viewport').first().boundingBox())!;
  const scale = Math.min(box.width / (columns * spacing[0]), box.height / (rows * spacing[1]));
  return ([column, row]: Point): { x: number; y: number } => ({
    x: box.x + box.width / 2 + (column - (columns - 1) / 2) * spacing[0] * scale,
    y: box.y + box.height / 2 + (row - (rows - 1) / 2) * spacing[1] * scale,
  });
}

/** Half a screen pixel at each end, in pixels of the image and in millimetres. */
export async function slack(page: Page, phantom: PhantomOptions): Promise<number> {
  const place = await placeOf(page, phantom);
  const pixel = Math.min(place([1, 0]).x - place([0, 0]).x, place([0, 1]).y - place([0, 0]).y);
  return (1.5 / pixel) * Math.max(phantom.spacing[0], phantom.spacing[1]);
}

/** Marks by presses at the points, one after the other. @returns the lines written beside it */
export async function mark(page: Page, phantom: PhantomOptions, key: string, points: readonly Point[], drag: boolean) {
  const place = await placeOf(page, phantom);
  await page.keyboard.press(key);
  const [first, ...others] = points.map(place);
  await page.mouse.move(first!.x, first!.y);
  await page.mouse.down();
  if (!drag || others.length === 0) await page.mouse.up();
  for (const { x, y } of others) {
    await page.mouse.move((first!.x + x) / 2, (first!.y + y) / 2);
    await page.mouse.move(x, y);
    if (drag) await page.mouse.up();
    else {
      await page.mouse.down();
      await page.mouse.up();
    }
  }
  await page.mouse.move(first!.x + 40, first!.y - 40);
  return lines(page);
}

export const lines = (page: Page): Promise<string[]> =>
  page
    .locator('[data-testid=viewport] svg tspan')
    .allTextContents()
    .then((all) => all.map((one) => one.trim()).filter(Boolean));
export const numberIn = (text: string): number => Number(/-?\d+(\.\d+)?/.exec(text)?.[0] ?? NaN);
