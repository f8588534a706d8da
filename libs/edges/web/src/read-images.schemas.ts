import { z } from 'zod';
import { readRow } from './schemas.js';

const element = z.object({ vr: z.string(), Value: z.array(z.unknown()) });

/** What a viewer needs to lay out a study's images and to draw the first, without a query more. */
export const imagesManifest = readRow
  .pick({
    id: true,
    organisation: true,
    examinedAt: true,
    examState: true,
    instances: true,
    expectedInstances: true,
    missing: true,
    interrupted: true,
  })
  .extend({
    patient: readRow.shape.patient.omit({ idCardMasked: true }),
    studyInstanceUid: z.string(),
    /** in reading order, pictures first */
    series: z.array(
      z.object({
        seriesInstanceUid: z.string(),
        number: z.number().nullable(),
        modality: z.string().nullable(),
        description: z.string().nullable(),
        /** images that are drawn as pictures; false: documents, annotations, segmentations */
        pictures: z.boolean(),
        /** of its instances, which are in reading order, the first so many hold pixels */
        images: z.number(),
        /** nothing but pixels is needed to show it right; false: its metadata hold look-up tables, functional groups, overlays or shutters */
        complete: z.boolean(),
        /** SOP Instance UIDs: what all begin with, and how each goes on, separated by a space */
        sopInstanceUids: z.object({ prefix: z.string(), rest: z.string() }),
        /** DICOM JSON attributes (PS3.18 F.2) by tag that all instances share */
        shared: z.record(z.string(), element),
        /**
         * and those in which they differ: a value for each instance, an array where there are several, null where there is none; or whole
         * numbers by equal steps
         */
        each: z.record(
          z.string(),
          z.union([
            z.object({ vr: z.string(), values: z.array(z.unknown()) }),
            z.object({ vr: z.string(), from: z.number(), step: z.number() }),
          ]),
        ),
        /** what to show first: position among the images from 0, frame from 1 */
        first: z.object({ image: z.number(), frame: z.number() }).nullable(),
      }),
    ),
  });
