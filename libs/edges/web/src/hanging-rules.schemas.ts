import { z } from 'zod';

const name = z.string().trim().min(1).max(60);
const words = z.array(z.string().trim().min(1).max(64)).max(80);
const laterality = z.enum(['L', 'R']);
const condition = z.strictObject({
  /** as in the images; left out: every modality */
  modalities: z.array(z.string().max(16)).max(20).optional(),
  /** one of them is found in the body part, the item or a description, whatever its case */
  words: words.optional(),
  laterality: laterality.optional(),
  /** View Position: an image of each is there */
  views: words.optional(),
  /** series of pictures at least, scouts apart */
  series: z.number().int().min(0).max(1000).optional(),
  images: z.number().int().min(0).max(100_000).optional(),
});
const cell = z.strictObject({
  /** one of them is found in the series' description */
  words: words.optional(),
  /** one of them is the image's View Position; of images without one the words decide */
  views: words.optional(),
  laterality: laterality.optional(),
  plane: z.enum(['axial', 'coronal', 'sagittal']).optional(),
  /** a window preset to begin with */
  window: z.enum(['lung', 'mediastinum', 'bone', 'brain', 'abdomen']).optional(),
  /** said in the cell where nothing fits, which then stays empty; without it the cell takes what is left */
  name: z.string().max(24).optional(),
});
const step = z
  .strictObject({
    rows: z.number().int().min(1).max(3),
    columns: z.number().int().min(1).max(3),
    /** row by row */
    cells: z.array(cell).max(9).optional(),
    together: z.boolean().optional(),
    lines: z.boolean().optional(),
    /** breasts: chest walls towards each other, upright, at one scale */
    backToBack: z.boolean().optional(),
  })
  .refine(({ rows, columns, cells = [] }) => cells.length <= rows * columns, 'more than the layout has cells');
const steps = z.array(step).min(1).max(8);

export const hangingRules = z.object({
  /** in the order in which they are tried */
  items: z.array(
    z.object({
      id: z.string(),
      /** the caller's; false: the network's */
      own: z.boolean(),
      enabled: z.boolean(),
      version: z.number(),
      name: z.string(),
      condition,
      steps,
    }),
  ),
});
export const hangingRuleBody = z.object({
  name,
  enabled: z.boolean().default(true),
  condition,
  steps,
  /** for everybody; left out: the caller's own */
  network: z.boolean().default(false),
});
export const hangingRuleChange = z.object({
  name: name.optional(),
  enabled: z.boolean().optional(),
  condition: condition.optional(),
  steps: steps.optional(),
  version: z.number().int().min(1),
});
export const hangingRuleAdded = z.object({ id: z.string(), version: z.number() });
export const hangingRuleChanged = z.object({ version: z.number() });
export const hangingRuleOrder = z.object({ ids: z.array(z.uuid()).max(200), network: z.boolean().default(false) });
