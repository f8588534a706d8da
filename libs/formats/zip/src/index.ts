/**
 * ZIP archives (APPNOTE 6.3) as entries with names and streams; zip64 and data descriptors are understood, names in UTF-8 and GBK are
 * decoded. Names are for people: nothing here or behind makes a path of them.
 */
export { looksLikeZip, readZip, ZipError, type ZipEntry, type ZipSource } from './read-zip.js';
export { writeZip } from './write-zip.js';
