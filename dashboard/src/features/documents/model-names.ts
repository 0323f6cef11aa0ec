/** The names in a text that has them in order, with commas or line ends between. */
export function modelsIn(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
