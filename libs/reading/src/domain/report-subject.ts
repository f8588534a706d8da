/** What is examined, as far as templates tell it apart: an item of the network, or a modality with words that name a part of the body. */
export interface ReportSubject {
  readonly code: string;
  readonly name: string;
  readonly kind: 'imaging' | 'ecg';
  readonly item: string | null;
  readonly modalities: readonly string[];
  /** in capitals; none: every examination of these modalities */
  readonly words: readonly string[];
}

interface Examined {
  readonly kind: string;
  readonly item: string | null;
  readonly itemName: string | null;
  readonly modality: string | null;
  readonly description: string | null;
}

/** The subject of an examination: by its item, else by modality and the longest word that is found ("胸椎" before "胸"). */
export function subjectOf(subjects: readonly ReportSubject[], exam: Examined): ReportSubject | undefined {
  const own = subjects.filter(({ kind }) => kind === exam.kind);
  const byItem = own.find(({ item }) => item !== null && item === exam.item);
  if (byItem) return byItem;
  const about = `${exam.itemName ?? ''} ${exam.description ?? ''}`.toUpperCase();
  const fit = ({ modalities, words }: ReportSubject): number => {
    if (!modalities.includes(exam.modality ?? '')) return -1;
    if (words.length === 0) return 0;
    return Math.max(...words.map((word) => (about.includes(word) ? word.length : -1)));
  };
  const best = [...own].sort((a, b) => fit(b) - fit(a))[0];
  return best && fit(best) >= 0 ? best : undefined;
}
