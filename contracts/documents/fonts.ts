/** The font families that a brand may choose among: those that come with the product, so that a letter looks the same everywhere. */
export const letterFonts = ['Libertinus Serif', 'Noto Sans', 'New Computer Modern', 'DejaVu Sans Mono'] as const;
