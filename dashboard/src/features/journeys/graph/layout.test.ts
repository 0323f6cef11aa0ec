import { expect, it } from 'vitest';
import { drawJourney } from '../../../../../domain/journeys/drawing.ts';
import trial from '../../../../../examples/journeys/trial.ts';
import { type Box, placesOf, type Point } from './layout.ts';

const drawing = drawJourney(trial);
const places = placesOf(drawing);
const boxes = [...places.boxes.values()];

/** Whether a point lies inside a box, further than `margin` from its edges. */
function isIn({ x, y }: Point, box: Box, margin: number): boolean {
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  return x > box.x + margin && x < right - margin && y > box.y + margin && y < bottom - margin;
}

const isUnderABox = (point: Point): boolean => boxes.some((box) => isIn(point, box, 1));

it('leads no line through a box and puts no label under one, also where a way leads past several steps', () => {
  const [longest = []] = places.lines.map(({ points }) => points).toSorted((a, b) => b.length - a.length);
  expect(longest.length).toBeGreaterThan(4);
  expect(places.lines.flatMap(({ points }) => points.filter(isUnderABox))).toEqual([]);
  // A label of the longest words reaches so far.
  expect(
    places.lines.filter(({ label }) => [-40, 0, 40].some((dx) => isUnderABox({ x: label.x + dx, y: label.y }))),
  ).toEqual([]);
});

it('begins each line at the edge of the box it leaves and ends it at that of the one it leads to', () => {
  const isAt = (point: Point | undefined, box: Box | undefined) =>
    point && box && isIn(point, box, -1) && !isIn(point, box, 1);
  const loose = drawing.edges.filter(({ from, to }, index) => {
    const points = places.lines[index]?.points ?? [];
    return !isAt(points[0], places.boxes.get(from)) || !isAt(points.at(-1), places.boxes.get(to));
  });
  expect(loose).toEqual([]);
});
