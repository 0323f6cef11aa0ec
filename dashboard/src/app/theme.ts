import {
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

/** Mantine wants ten shades; its components take their tones from the tokens, so only the two of the accent show. */
const teal: MantineColorsTuple = [
  '#e2f1ef',
  '#c9e5e1',
  '#b5dad5',
  '#8fcac2',
  '#4cc2b5',
  '#2a9d91',
  '#15837a',
  '#0b6e66',
  '#095a54',
  '#06403c',
];

const variants: VariantColorsResolver = ({ variant }) => {
  const clear = { background: 'transparent', border: '1px solid transparent' };
  switch (variant) {
    case 'filled':
      return {
        background: 'var(--accent)',
        hover: 'var(--accent-hover)',
        color: 'var(--inverse)',
        border: '1px solid var(--accent)',
      };
    case 'danger':
      return {
        background: 'var(--panel)',
        hover: 'var(--red-soft)',
        color: 'var(--red)',
        border: '1px solid var(--line-strong)',
      };
    case 'subtle':
      return { ...clear, hover: 'var(--sunken)', color: 'var(--text-2)' };
    default:
      return {
        background: 'var(--panel)',
        hover: 'var(--sunken)',
        color: 'var(--text)',
        border: '1px solid var(--line-strong)',
      };
  }
};

/** Buttons have the variants `filled` (one on a page), `default`, `subtle` and `danger`. */
export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 4 },
  colors: { teal },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '11px', sm: '13px', md: '13px', lg: '15px', xl: '20px' },
  lineHeights: { xs: '1.45', sm: '1.45', md: '1.45', lg: '1.45', xl: '1.3' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  defaultRadius: 'var(--r)',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  variantColorResolver: variants,
  components: {
    Button: {
      defaultProps: { variant: 'default', size: 'sm' },
      vars: () => ({
        root: { '--button-height': '30px', '--button-padding-x': '12px', '--button-fz': '13px' },
      }),
      styles: { label: { fontWeight: 500 } },
    },
    ActionIcon: { defaultProps: { variant: 'subtle', size: 30 } },
    InputWrapper: {
      styles: { label: { fontSize: 12, fontWeight: 500, marginBottom: 4 }, error: { color: 'var(--red)' } },
    },
    Modal: {
      defaultProps: { centered: true, radius: 'var(--r-panel)', transitionProps: { duration: 140 } },
      styles: { title: { fontSize: 15, fontWeight: 600 } },
    },
    // Not a banner: the page has its own.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    Menu: {
      defaultProps: {
        shadow: 'md',
        position: 'bottom-end',
        transitionProps: { duration: 120 },
        // Its entries are content of the page, and the first has the focus at once. A menu of the frame outlives the page: it stays where it is.
        portalProps: { target: '#main' },
        withInitialFocusPlaceholder: false,
      },
    },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: false, fz: 12 } },
    Checkbox: { defaultProps: { size: 'xs' } },
  },
});

const shared = {
  '--mantine-color-body': 'var(--panel)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-2)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-default': 'var(--panel)',
  '--mantine-color-default-hover': 'var(--sunken)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-error': 'var(--red)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-primary-color-filled': 'var(--accent)',
  '--mantine-primary-color-contrast': 'var(--inverse)',
  '--mantine-color-teal-filled': 'var(--accent)',
  '--mantine-shadow-md': 'var(--shadow)',
  '--mantine-shadow-xl': 'var(--shadow)',
};

/** The grounds of inputs, boxes and what is disabled, which Mantine takes from its own greys in the dark. */
const dark = { ...shared, '--mantine-color-dark-6': 'var(--sunken)', '--mantine-color-dark-4': 'var(--line-strong)' };

/** Lets Mantine's components use the tokens in both themes. */
export const resolveVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark });
