import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { extentOf, type Places } from './layout.ts';

/** Pixels between the graph and the upper edge. */
const margin = 24;

/** Shows the graph at its own size: all of it where it fits, else its beginning, at the top. */
export function Aim({ places }: { places: Places }) {
  const { setViewport } = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const aimed = useRef<Places>(null);
  useEffect(() => {
    if (width === 0 || places.boxes.size === 0 || aimed.current === places) return;
    aimed.current = places;
    const { left, right, bottom } = extentOf(places);
    const y = Math.max(margin, (height - bottom) / 2);
    void setViewport({ x: (width - left - right) / 2, y, zoom: 1 });
  }, [places, width, height, setViewport]);
  return null;
}
