import { useLayoutEffect, useRef, useSyncExternalStore, type ReactNode } from 'react';
import type { FirstPicture, FirstPictureState } from './first-picture.js';

export const useFirstPictureState = (picture: FirstPicture): FirstPictureState =>
  useSyncExternalStore(picture.subscribe, () => picture.state);

interface FirstPictureSlotProps {
  picture: FirstPicture;
  /** While there is nothing to be seen of it. */
  children: ReactNode;
}

/** Where the first picture stands until the images are drawn. */
export function FirstPictureSlot({ picture, children }: FirstPictureSlotProps) {
  const state = useFirstPictureState(picture);
  const host = useRef<HTMLDivElement>(null);
  const there = state === 'preview' || state === 'lossless';
  useLayoutEffect(() => {
    if (there) host.current?.append(picture.element);
    else picture.element.remove();
  }, [picture, there]);
  return there ? <div ref={host} className="first-slot" /> : children;
}
