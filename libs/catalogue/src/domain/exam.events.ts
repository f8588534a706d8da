export const EXAM_SETTLED = 'exam-settled';
export interface ExamSettled {
  examId: string;
}
