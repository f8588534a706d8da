/** What an examination must be for a rule to hold; what is left out fits everything. */
export interface HangingCondition {
  readonly modalities?: readonly string[] | undefined;
  /** one of them is found in the body part, the item, or a description, whatever its case */
  readonly words?: readonly string[] | undefined;
  readonly laterality?: 'L' | 'R' | undefined;
  /** View Position: an image of each is there */
  readonly views?: readonly string[] | undefined;
  /** picture series at least */
  readonly series?: number | undefined;
  readonly images?: number | undefined;
}

/** What hangs in a cell: the first series, or image of a projection, that all of this fits; none of it: the next one left. */
export interface HangingCell {
  /** one of them is found in the series' description */
  readonly words?: readonly string[] | undefined;
  /** one of them is the image's View Position; of images without one the words decide */
  readonly views?: readonly string[] | undefined;
  readonly laterality?: 'L' | 'R' | undefined;
  readonly plane?: 'axial' | 'coronal' | 'sagittal' | undefined;
  /** a window preset to begin with */
  readonly window?: string | undefined;
  /** said in the cell where nothing fits, which then stays empty */
  readonly name?: string | undefined;
}

export interface HangingStep {
  readonly rows: number;
  readonly columns: number;
  /** row by row; fewer than there are cells: the rest take what is left */
  readonly cells?: readonly HangingCell[] | undefined;
  /** scrolling together */
  readonly together?: boolean | undefined;
  /** reference lines */
  readonly lines?: boolean | undefined;
  /** breasts: chest walls towards each other, upright, at one scale */
  readonly backToBack?: boolean | undefined;
}

/** How examinations of a kind are hung when they are opened (挂片规则), step by step. */
export interface HangingRule {
  readonly id: string;
  /** null: the network's */
  readonly ownerId: string | null;
  readonly enabled: boolean;
  readonly version: number;
  readonly name: string;
  readonly condition: HangingCondition;
  readonly steps: readonly HangingStep[];
}

export type HangingRuleContent = Pick<HangingRule, 'name' | 'enabled' | 'condition' | 'steps'>;
