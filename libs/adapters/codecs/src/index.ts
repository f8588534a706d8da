export { Codecs } from './codecs.js';
