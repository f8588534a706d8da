import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Refusal } from '#libs/kernel';

/** What a gzip body may grow to: this much in any case, and beyond it a hundredfold of what came (images shrink twofold to tenfold). */
const INFLATES_FREELY = 256 * 1024 * 1024;
const LARGEST_RATIO = 100;

/**
 * The body as it was before its Content-Encoding (RFC 9110 section 8.4): `identity` and `gzip`. A gzip body that grows out of all
 * proportion fails its reader with Refusal `too-large` / body-too-large. Undefined: another coding, which is not understood.
 */
export function decodedBody(body: Readable, contentEncoding: string | undefined): Readable | undefined {
  const coding = (contentEncoding ?? 'identity').trim().toLowerCase();
  if (coding === 'identity' || coding === '') return body;
  if (coding !== 'gzip' && coding !== 'x-gzip') return undefined;
  let came = 0;
  let grown = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      came += chunk.length;
      done(null, chunk);
    },
  });
  const limiting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      grown += chunk.length;
      if (grown > INFLATES_FREELY + came * LARGEST_RATIO)
        done(new Refusal('too-large', 'body-too-large', 'The compressed body grows out of all proportion.'));
      else done(null, chunk);
    },
  });
  const gunzip = createGunzip();
  const pass = (error: Error) => limiting.destroy(error);
  body.on('error', pass);
  gunzip.on('error', pass);
  return body.pipe(counting).pipe(gunzip).pipe(limiting);
}
