export interface FileToSend {
  /** Relative path with the folder's name, `/` between. */
  path: string;
  file: File;
}
