import { integer, sequence, text } from '../attribute-readers.js';
import type { DicomJson } from '../dicom-json.js';
import { codeUnder, CODES, key, SELECTION_TITLES, type SelectionTitle } from './codes.js';
import { codeItem, contextItems, dataSet, imageItem, related, textItem, type ImageReference } from './content-items.js';
import { documentHeader, evidence, type DocumentOrigin } from './document-header.js';

export const KEY_OBJECT_SELECTION = '1.2.840.10008.5.1.4.1.1.88.59';

/** An image of choice, and which of its frames. */
export interface SelectedFrame {
  readonly sopInstanceUid: string;
  /** from 1 */
  readonly frame: number;
}

export interface KeyObjectSelection {
  readonly origin: DocumentOrigin;
  readonly title: SelectionTitle;
  readonly description?: string | undefined;
  /** at least one, in the order of choice */
  readonly images: readonly (ImageReference & { readonly frame: number })[];
}

/** A Key Object Selection document (PS3.3 A.35.4, PS3.16 TID 2010) as DICOM JSON; the same selection gives the same document. */
export function buildKeyObjectSelection(selection: KeyObjectSelection): DicomJson {
  const { origin, images } = selection;
  const study = text(origin.image, '0020000D')!;
  return {
    ...documentHeader(origin, {
      sopClassUid: KEY_OBJECT_SELECTION,
      modality: 'KO',
      description: '关键图像 Key images',
    }),
    ...dataSet({
      ValueType: 'CONTAINER',
      ConceptNameCodeSequence: codeItem(SELECTION_TITLES[selection.title]),
      ContinuityOfContent: 'SEPARATE',
      ContentTemplateSequence: dataSet({ MappingResource: 'DCMR', TemplateIdentifier: '2010' }),
      CurrentRequestedProcedureEvidenceSequence: evidence(study, images),
      ContentSequence: [
        ...contextItems(origin.author),
        ...related(
          'CONTAINS',
          ...(selection.description ? [textItem(CODES.keyObjectDescription, selection.description)] : []),
          ...images.map((image) => imageItem(image, image.frame)),
        ),
      ],
    }),
  };
}

export interface FoundSelection {
  /** undefined: a title that is none of ours, as `value scheme` in the document */
  readonly title: SelectionTitle | undefined;
  readonly description: string | null;
  readonly images: SelectedFrame[];
}

/** What a Key Object Selection from anywhere selects; undefined where it is none. An image without a frame number is its first frame. */
export function readKeyObjectSelection(document: DicomJson): FoundSelection | undefined {
  if (text(document, '00080016') !== KEY_OBJECT_SELECTION) return undefined;
  const code = codeUnder(document, '0040A043');
  const titles = Object.entries(SELECTION_TITLES) as [SelectionTitle, (typeof SELECTION_TITLES)[SelectionTitle]][];
  const items = sequence(document, '0040A730');
  const images = items
    .filter((item) => text(item, '0040A040') === 'IMAGE')
    .flatMap((item) => sequence(item, '00081199'))
    .flatMap((reference) => {
      const sopInstanceUid = text(reference, '00081155');
      return sopInstanceUid === null ? [] : [{ sopInstanceUid, frame: integer(reference, '00081160') ?? 1 }];
    });
  const description = items.find((item) => codeUnder(item, '0040A043') === key(CODES.keyObjectDescription));
  return {
    title: titles.find(([, title]) => key(title) === code)?.[0],
    description: description ? text(description, '0040A160') : null,
    images,
  };
}
