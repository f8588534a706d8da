import type { Types as CoreTypes } from '@cornerstonejs/core';
import { AngleTool, annotation as annotations, drawing, Enums, type Types } from '@cornerstonejs/tools';
import { legAxis } from './leg-axis.js';

type Render = AngleTool['renderAnnotation'];

const pointsOf = ({ data }: Types.Annotation): CoreTypes.Point3[] => (data.handles?.points ?? []) as CoreTypes.Point3[];

/**
 * The line through the middles of hip, knee and ankle (下肢力线), clicked as an angle is; the straight way from hip to ankle is drawn with
 * it, dashed. One that was saved with two points, or with more than three, is drawn as it is.
 */
export class LegAxisTool extends AngleTool {
  static override toolName = 'LegAxis';

  override renderAnnotation: Render = (enabledElement, svgDrawingHelper) => {
    const { viewport } = enabledElement;
    const all = annotations.state.getAnnotations(this.getToolName(), viewport.element);
    if (!all?.length) return false;
    const shown = this.filterInteractableAnnotationsForElement(viewport.element, all) ?? [];
    const targetId = this.getTargetId(viewport as CoreTypes.IStackViewport) ?? '';
    for (const annotation of shown as Types.Annotation[]) {
      const annotationUID = annotation.annotationUID ?? '';
      const stats = (annotation.data['cachedStats'] ??= {}) as Record<string, object>;
      if (!stats[targetId] || annotation.invalidated) {
        stats[targetId] ??= {};
        this._calculateCachedStats(annotation, viewport.getRenderingEngine(), enabledElement);
      }
      if (!annotations.visibility.isAnnotationVisible(annotationUID)) continue;
      const styleSpecifier = {
        toolGroupId: this.toolGroupId,
        toolName: this.getToolName(),
        viewportId: viewport.id,
        annotationUID,
      };
      const style = this.getAnnotationStyle({ annotation, styleSpecifier }) as { color: string; lineWidth: number };
      const { color, lineWidth } = style;
      const canvasCoordinates = pointsOf(annotation).map((point) => viewport.worldToCanvas(point));
      const [first, last] = [canvasCoordinates[0], canvasCoordinates.at(-1)];
      if (!first || !last) continue;
      drawing.drawPolyline(svgDrawingHelper, annotationUID, 'leg', canvasCoordinates, { color, lineWidth });
      if (canvasCoordinates.length > 2)
        drawing.drawLine(svgDrawingHelper, annotationUID, 'whole', first, last, { color, lineWidth, lineDash: '4,4' });
      const beingDrawn = this.editData?.annotation === annotation;
      if (!annotation.isLocked && (beingDrawn || typeof annotation.data.handles?.activeHandleIndex === 'number'))
        drawing.drawHandles(svgDrawingHelper, annotationUID, '0', canvasCoordinates, { color, lineWidth });
      // The ankle is still to come.
      if (beingDrawn && this.editData?.newAnnotation && canvasCoordinates.length < 3) continue;
      const getTextLines = this.configuration['getTextLines'] as (data: object, targetId: string) => string[];
      this.renderLinkedTextBoxAnnotation({
        enabledElement,
        svgDrawingHelper,
        annotation,
        styleSpecifier,
        textLines: getTextLines(annotation.data, targetId),
        canvasCoordinates,
      });
    }
    return shown.length > 0;
  };

  override _calculateCachedStats(
    annotation: Types.Annotation,
    _engine: unknown,
    { viewport }: CoreTypes.IEnabledElement,
  ): void {
    const stats = annotation.data['cachedStats'] as Record<string, object>;
    const axis = legAxis(pointsOf(annotation)) ?? {};
    for (const targetId of Object.keys(stats)) stats[targetId] = { ...axis };
    if (!annotation.invalidated) return;
    annotation.invalidated = false;
    const { StatsUpdated } = Enums.ChangeTypes;
    annotations.state.triggerAnnotationModified(annotation, viewport.element, StatsUpdated);
  }
}
