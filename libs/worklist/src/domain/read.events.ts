/** `read-opened`: keyed by the examination; its request, where there is one, is bound. */
export const READ_OPENED = 'read-opened';
export interface ReadOpened {
  readId: string;
  examId: string;
}
