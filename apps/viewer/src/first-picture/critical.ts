import { FirstPicture } from './first-picture.js';
import type { WithFirstPicture } from './take-first-picture.js';

/** When the line is so slow, or the server so busy, the application no longer waits for the picture. */
const LONGEST_MS = 8000;

/** The page holds the application in a template: its scripts are fetched when it is put into the document. */
function startApplication(): void {
  const application = document.querySelector<HTMLTemplateElement>('template#application');
  if (application) document.head.append(application.content);
}

const [, id] = /^\/reads\/([^/]+)$/.exec(window.location.pathname) ?? [];
if (id) {
  const picture = new FirstPicture(decodeURIComponent(id));
  (window as WithFirstPicture).qiaoFirstPicture = picture;
  document.body.append(picture.element);
  void picture.finished.then(startApplication);
  setTimeout(startApplication, LONGEST_MS);
} else startApplication();
