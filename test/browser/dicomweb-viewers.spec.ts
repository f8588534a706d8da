import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Part10Splitter, readAttributes } from '#libs/formats/dicom';
import { sampleCt, type SampleFile } from '#libs/formats/samples';
import { launchBrowser } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { ohifPages, ViewerSite } from '#test/ohif';
import { eventually, QiaoProcess } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;

const slices = sampleCt({
  slices: 5,
  seed: `viewers-${process.pid}-${Date.now()}`,
  patientId: 'OHIF-1',
  patientName: 'Bai^YuMei=白^玉梅',
  accessionNumber: 'OHIF1',
});
const read = ({ bytes }: SampleFile) => {
  const splitter = new Part10Splitter();
  const dataset = Buffer.concat([splitter.push(Buffer.from(bytes)), splitter.end()]);
  const { attributes, pixelData } = readAttributes(dataset, splitter.meta!.transferSyntaxUid);
  const uid = (tag: string) => String(attributes[tag]!.Value![0]);
  return {
    study: uid('0020000D'),
    series: uid('0020000E'),
    instance: uid('00080018'),
    pixels: dataset.subarray(pixelData!.offset, pixelData!.offset + pixelData!.length!),
  };
};
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Other people's viewers and clients, in a browser, on our DICOMweb. */
suite('DICOMweb in the browser', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let site: ViewerSite;
  const pages = ohifPages();
  const images = slices.map(read);

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' }), launchBrowser()]);
    site = await ViewerSite.open(pages, qiao.base, await qiao.token('pacs-zhaozhuang'));
    expect(
      (
        await qiao.stow(
          'pacs-zhaozhuang',
          slices.map(({ bytes }) => bytes),
        )
      ).status,
    ).toBe(200);
    await eventually('the study', async () => {
      const answer = await fetch(
        `${site.origin}/dicom-web/studies/${images[0]!.study}/series/${images[0]!.series}/metadata`,
      );
      return answer.status === 200 && ((await answer.json()) as unknown[]).length === slices.length;
    });
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    site?.close();
    await qiao?.dispose();
  }, 60_000);

  it('dicomweb-client finds the study and retrieves metadata, instances, frames, bulk data and pictures', async () => {
    const page = await browser.newPage();
    await page.goto(`${site.origin}/empty`);
    await page.addScriptTag({ url: '/dicomweb-client.js' });
    const [first] = images;
    const got = await page.evaluate<Record<string, unknown>>(
      `(async ({ study, series, instance }) => {
        const client = new window.DICOMwebClient.api.DICOMwebClient({ url: location.origin + '/dicom-web' });
        const at = { studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID: instance };
        const hash = async (bytes) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
          .map((byte) => byte.toString(16).padStart(2, '0')).join('');
        const metadata = await client.retrieveSeriesMetadata(at);
        const own = metadata.find((one) => one['00080018'].Value[0] === instance);
        const bulk = await client.retrieveBulkData({ BulkDataURI: own['7FE00010'].BulkDataURI });
        return {
          studies: (await client.searchForStudies({ queryParams: { PatientID: 'OHIF-1' } })).length,
          series: (await client.searchForSeries({ studyInstanceUID: study })).length,
          instances: (await client.searchForInstances(at)).length,
          metadata: metadata.length,
          name: own['00100010'].Value[0].Ideographic,
          studyMetadata: (await client.retrieveStudyMetadata(at)).length,
          file: (await client.retrieveInstance(at)).byteLength,
          seriesFiles: (await client.retrieveSeries(at)).length,
          frame: await hash((await client.retrieveInstanceFrames({ ...at, frameNumbers: [1] }))[0]),
          bulk: await hash(bulk[0]),
          picture: [...new Uint8Array((await client.retrieveInstanceRendered({ ...at, mediaTypes: [{ mediaType: 'image/png' }] }))[0]).slice(1, 4)],
          frameRendered: new Uint8Array((await client.retrieveInstanceFramesRendered({ ...at, frameNumbers: [1], mediaTypes: [{ mediaType: 'image/jpeg' }] }))[0])[1],
        };
      })(${JSON.stringify({ study: first!.study, series: first!.series, instance: first!.instance })})`,
    );
    expect(got).toEqual({
      studies: 1,
      series: 1,
      instances: slices.length,
      metadata: slices.length,
      name: '白^玉梅',
      studyMetadata: slices.length,
      file: expect.any(Number),
      seriesFiles: slices.length,
      frame: sha256(first!.pixels),
      bulk: sha256(first!.pixels),
      picture: [...Buffer.from('PNG')],
      frameRendered: 0xd8,
    });
    await page.close();
  });

  it('OHIF opens the study and draws our pixels', async () => {
    if (!pages) return;
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    // What was asked while the study was still being filed is not OHIF's.
    site.answers.length = 0;
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${site.origin}/viewer?StudyInstanceUIDs=${images[0]!.study}`);
    const shown = await eventually('the picture', () => pictureShown(page), 100);
    const image = images.find((one) => shown.imageId.includes(one.instance))!;
    expect(image).toBeDefined();
    expect(sha256(Buffer.from(shown.stored, 'base64'))).toBe(sha256(image.pixels));
    expect(shown.contrast).toBeGreaterThan(100);
    const refused = site.answers.filter((line) => /^[45]/.test(line));
    expect(refused).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

/** What OHIF's first viewport holds and shows: the stored samples of its image, and the spread of grey on its canvas. */
async function pictureShown(page: Page): Promise<{ imageId: string; stored: string; contrast: number } | undefined> {
  return page.evaluate<{ imageId: string; stored: string; contrast: number } | undefined>(`(() => {
    const viewport = window.cornerstone?.getEnabledElements?.()[0]?.viewport;
    const imageId = viewport?.getCurrentImageId?.();
    const image = imageId && window.cornerstone.cache.getImage(imageId);
    const canvas = document.querySelector('.cornerstone-viewport-element canvas, canvas.cornerstone-canvas');
    if (!image || !canvas) return undefined;
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    let [least, most] = [255, 0];
    for (let at = 0; at < data.length; at += 4) { least = Math.min(least, data[at]); most = Math.max(most, data[at]); }
    if (most - least < 50) return undefined;
    const { slope = 1, intercept = 0 } = image;
    const scaled = image.preScale?.scaled === true;
    const samples = Int16Array.from(image.getPixelData(), (value) => Math.round(scaled ? (value - intercept) / slope : value));
    const bytes = new Uint8Array(samples.buffer);
    const parts = [];
    for (let from = 0; from < bytes.length; from += 32768) parts.push(String.fromCharCode(...bytes.subarray(from, from + 32768)));
    return { imageId, stored: btoa(parts.join('')), contrast: most - least };
  })()`);
}
