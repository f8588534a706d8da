import { Enums, getShouldUseCPURendering, type StackViewport, type Types } from '@cornerstonejs/core';
import { pointOfPixel } from './picture-cover.js';
import type { Tones, View } from './presented.js';

const FUNCTIONS = {
  LINEAR: Enums.VOILUTFunctionType.LINEAR,
  LINEAR_EXACT: Enums.VOILUTFunctionType.LINEAR_EXACT,
  SIGMOID: Enums.VOILUTFunctionType.SAMPLED_SIGMOID,
} as const;

/** The window and the direction of grey; the curve between them is drawn when the viewport tells of its window. */
export function applyTones(viewport: StackViewport, { lower, upper, windowFunction, inverted }: Tones): void {
  // The CPU has no other than the image's own.
  if (!getShouldUseCPURendering()) viewport.setProperties({ VOILUTFunction: FUNCTIONS[windowFunction] });
  viewport.setProperties({ voiRange: { lower, upper }, invert: inverted });
}

/** Back to what the image itself says. */
export function applyOwnTones(viewport: StackViewport): void {
  const own = viewport.getCornerstoneImage()?.voiLUTFunction as Enums.VOILUTFunctionType | undefined;
  const changed = own && own !== viewport.getProperties().VOILUTFunction;
  if (changed && !getShouldUseCPURendering()) viewport.setProperties({ VOILUTFunction: own });
  viewport.resetProperties();
}

export function applyView(viewport: StackViewport, element: HTMLElement, view: View): void {
  viewport.resetCamera();
  viewport.setCamera({ flipHorizontal: view.flipped });
  // The viewport turns what it has flipped.
  const rotation = (90 * (view.flipped ? 4 - view.quarters : view.quarters)) % 360;
  viewport.setViewPresentation({ rotation });
  const { left, top, right, bottom } = view.area;
  const [across, down] = viewport.getImageData()!.spacing as unknown as [number, number];
  const { clientWidth, clientHeight } = element;
  const sides = [(right - left) * across, (bottom - top) * down];
  const [width, height] = view.quarters % 2 === 1 ? sides.toReversed() : sides;
  const fitted = Math.max(height!, (width! * clientHeight) / clientWidth) / 2;
  const magnified = view.magnified && (clientHeight * devicePixelRatio * down) / (2 * view.magnified);
  viewport.setCamera({ parallelScale: magnified ?? fitted });
  const middle = pointOfPixel(viewport, (left + right) / 2, (top + bottom) / 2);
  const { focalPoint, position } = viewport.getCamera();
  viewport.setCamera({
    focalPoint: middle,
    position: position!.map((at, axis) => at + middle[axis]! - focalPoint![axis]!) as Types.Point3,
  });
}
