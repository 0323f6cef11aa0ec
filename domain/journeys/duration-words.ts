/** `P5D` → `5 d`, `PT1H30M` → `1 h 30 min`. What is no duration is shown as it is. */
export function durationWords(iso: string): string {
  const parts = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(
    iso,
  );
  if (!parts) return iso;
  const units = ['y', 'mo', 'wk', 'd', 'h', 'min', 's'];
  const words = units.flatMap((unit, index) => (parts[index + 1] === undefined ? [] : [`${parts[index + 1]} ${unit}`]));
  return words.length > 0 ? words.join(' ') : iso;
}
