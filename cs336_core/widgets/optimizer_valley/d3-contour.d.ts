// The part of d3-contour that the figure uses.

declare module "d3-contour" {
  interface Contour {
    value: number;
    /** Polygons of rings of points. */
    coordinates: number[][][][];
  }
  interface Contours {
    (values: number[]): Contour[];
    size(size: [number, number]): Contours;
    thresholds(levels: number[]): Contours;
  }
  export function contours(): Contours;
}
