import { z } from 'zod';
import { ECG_LAYOUTS } from '#libs/formats/ecg-page';

const second = z.coerce.number().min(0).max(1e7);

/** Of a recording of more than ten minutes; a shorter one is given whole. */
export const ecgQuery = z
  .object({ from: second, seconds: z.coerce.number().min(1).max(600) })
  .partial()
  .refine(({ from, seconds }) => (from === undefined) === (seconds === undefined), {
    message: 'from and seconds, or neither',
  });

const stretch = { fromSeconds: z.number(), seconds: z.number(), ofSeconds: z.number() };
export const ecgView = z.object({
  recording: z.record(z.string(), z.unknown()),
  /** Measured by the server, where it has measured: for the doctor to confirm. */
  computed: z.array(z.object({ code: z.string(), value: z.number(), unit: z.string() })).optional(),
  /** Where it found beats, in seconds on the clock of the leads' `startSeconds`. */
  beats: z.array(z.number()).optional(),
  /** Levels against the one before QRS, at J and 60 ms after it. */
  st: z.array(z.object({ lead: z.string(), jMicrovolts: z.number(), j60Microvolts: z.number() })).optional(),
  /** Electrodes that may be off or exchanged, and signals that cannot be trusted. */
  warnings: z
    .array(
      z.object({
        code: z.enum(['lead-off', 'arms-reversed', 'right-arm-and-leg-reversed', 'saturated', 'noisy', 'no-beats']),
        leads: z.array(z.string()),
        text: z.string(),
      }),
    )
    .optional(),
  /** What of a long recording this is; each lead's startSeconds says where it begins. */
  stretch: z.object(stretch).optional(),
});

const found = { fromSeconds: z.number(), toSeconds: z.number() };
const rate = z.number().nullable();
export const ecgOverview = z.object({
  ofSeconds: z.number(),
  /** those that have levels */
  leads: z.array(z.string()),
  /** beats a minute, minute by minute */
  trend: z.array(z.object({ mean: rate, lowest: rate, highest: rate })),
  pauses: z.array(z.object({ ...found, kind: z.enum(['rr', 'open']), doubt: z.string().optional() })),
  fastRuns: z.array(
    z.object({ ...found, beats: z.number(), ratePerMinute: z.number(), qrsMilliseconds: z.number().nullable() }),
  ),
});

export const ecgLevelsQuery = z.object({
  lead: z.string().min(1).max(100),
  from: second,
  seconds: z.coerce.number().min(1).max(7200),
});
export const ecgLevels = z.object({
  ...stretch,
  lead: z.string(),
  pairsPerSecond: z.number(),
  microvoltsPerUnit: z.number(),
  /** of both values of a pair in which nothing was measured */
  nothing: z.number(),
  /** lowest and highest of each pair by turns, 16-bit little endian, base64 */
  extremes: z.string(),
});

/** As the viewer shows it; the length of the paper is the same at every speed, 250 mm. */
export const ecgPdfQuery = z.object({
  speed: z.enum(['25', '50', '12.5']).default('25'),
  gain: z.enum(['10', '20', '5']).default('10'),
  layout: z.enum(ECG_LAYOUTS).default('3x4+1'),
  cabrera: z.enum(['false', 'true']).default('false'),
  from: second.default(0),
});
