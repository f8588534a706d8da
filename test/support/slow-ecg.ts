import { sampleEcg } from '#libs/formats/samples';

const [LEADS, SAMPLES, BEAT, EVERY] = [12, 5000, 416, 1000];

/** The sample with one beat every two seconds, and between them the level of its end with a few microvolts of noise: thirty beats a minute. */
export function slowEcg(options: NonNullable<Parameters<typeof sampleEcg>[0]>): Buffer {
  const bytes = Buffer.from(sampleEcg(options)[0]!.bytes);
  const samples = bytes.subarray(bytes.length - SAMPLES * LEADS * 2);
  const beat = Buffer.from(samples.subarray(0, BEAT * LEADS * 2));
  for (let i = 0; i < SAMPLES; i += 1) {
    const from = Math.min(i % EVERY, BEAT - 1) * LEADS * 2;
    for (let lead = 0; lead < LEADS; lead += 1)
      samples.writeInt16LE(beat.readInt16LE(from + lead * 2) + ((i * 7) % 5) - 2, (i * LEADS + lead) * 2);
  }
  return bytes;
}
