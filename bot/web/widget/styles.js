/**
 * The look of the widget, as a constructable style sheet: a policy without inline styles allows it.
 *
 * Everything is sized in `em` from the reader's own font size, laid out with logical properties (right-to-left pages),
 * and coloured by custom properties: `--guichet-…` from the page, `--_…` inside.
 */

/** Small screens, and desktops zoomed to 400 %: the panel takes the whole window. */
export const SHEET_QUERY = "(max-width: 30em), (max-height: 30em)";

// Each pair was computed to reach 4.5:1 for text and 3:1 for controls, on `surface`, `ground` and `tint`.
const LIGHT = `
  color-scheme: light;
  --_primary: var(--guichet-primary, #1b5572);
  --_on-primary: var(--guichet-on-primary, #ffffff);
  --_surface: var(--guichet-surface, #ffffff);
  --_ground: var(--guichet-ground, #f5f6f4);
  --_text: var(--guichet-text, #1c262c);
  --_muted: var(--guichet-muted, #52606a);
  --_line: var(--guichet-line, #d5dade);
  --_control: var(--guichet-control, #74818b);
  --_tint: var(--guichet-tint, #dfedf4);
  --_danger: var(--guichet-danger, #a3271f);
`;
const DARK = `
  color-scheme: dark;
  --_primary: var(--guichet-primary, #93d1ee);
  --_on-primary: var(--guichet-on-primary, #0a2431);
  --_surface: var(--guichet-surface, #1d2429);
  --_ground: var(--guichet-ground, #151a1e);
  --_text: var(--guichet-text, #edf1f3);
  --_muted: var(--guichet-muted, #adb8c0);
  --_line: var(--guichet-line, #3a454d);
  --_control: var(--guichet-control, #83919b);
  --_tint: var(--guichet-tint, #1f3f50);
  --_danger: var(--guichet-danger, #ffb3aa);
`;

const CSS = `
:host {
  all: initial;
  ${LIGHT}
  --_radius: var(--guichet-radius, 0.75em);
  --_gap: var(--guichet-gap, 1.25em);
  font: var(--guichet-font-size, medium) / 1.5 var(--guichet-font, system-ui, "Segoe UI", Roboto, sans-serif);
  color: var(--_text);
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${DARK} } }
:host([theme="dark"]) { ${DARK} }

*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, p, ul, ol, dl, dd, fieldset, blockquote { margin: 0; padding: 0; border: 0; min-inline-size: 0; }
button, input, textarea { font: inherit; color: inherit; letter-spacing: inherit; word-spacing: inherit; }
svg { inline-size: 1.5em; block-size: 1.5em; flex: none; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round; }
a { color: var(--_primary); text-underline-offset: 0.15em; overflow-wrap: anywhere; }
code { font: 1.05em ui-monospace, "Cascadia Mono", Consolas, monospace; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--_primary); outline-offset: 2px; }
.spoken { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.note, .help { color: var(--_muted); }

/* Buttons */
button { min-block-size: 2.75em; padding: 0.4em 0.9em; border: 1px solid transparent;
  border-radius: calc(var(--_radius) * 0.75);
  background: none; cursor: pointer; text-align: start; }
button:disabled, button[aria-disabled] { cursor: default; }
.icon { display: inline-grid; place-items: center; inline-size: 2.75em; padding: 0; flex: none; }
.icon:hover, .tongue:hover, .menu button:hover, .plain:hover { background: var(--_tint); }
.plain { min-block-size: 2em; padding: 0.2em 0.4em; color: var(--_primary); text-decoration: underline;
  text-underline-offset: 0.2em; }
.choice { border-color: var(--_control); background: var(--_surface); color: var(--_primary); }
.choice:hover:not(:disabled, [aria-disabled]) { background: var(--_tint); border-color: var(--_primary); }
.choice:disabled { color: var(--_muted); border-color: var(--_line); background: none; }
.choice[aria-pressed="true"] { color: var(--_text); border-color: var(--_primary); background: var(--_tint); }
.choice[aria-pressed="true"]::before { content: "✓ "; content: "✓ " / ""; }
.main, .send, .send:hover { background: var(--_primary); color: var(--_on-primary); }
.danger { background: var(--_danger); color: var(--_surface); }

/* The button that opens */
.launcher { position: fixed; inset-block-end: max(var(--_gap), env(safe-area-inset-bottom)); right: var(--_gap);
  z-index: var(--guichet-z-index, 2147483000); display: flex; align-items: center; gap: 0.6em;
  max-inline-size: calc(100vw - 2 * var(--_gap));
  min-block-size: 3.25em; padding: 0.5em 1.25em; border-radius: 2em; background: var(--_primary);
  color: var(--_on-primary);
  font-weight: 600; box-shadow: 0 0.25em 1em rgb(0 0 0 / 0.25); }
:host([position="left"]) .launcher { right: auto; left: var(--_gap); }
.launcher:focus-visible { outline-offset: 3px; box-shadow: 0 0 0 3px var(--_surface); }
.launcher:hover { text-decoration: underline; text-underline-offset: 0.2em; }
.count:not(:empty) { padding: 0.1em 0.6em; border-radius: 1em; background: var(--_on-primary); color: var(--_primary);
  font-size: 0.875em; }

/* The panel */
.panel { position: fixed; inset-block-end: var(--_gap); right: var(--_gap); z-index: var(--guichet-z-index, 2147483000);
  display: flex; flex-direction: column; inline-size: min(27em, 100vw - 2 * var(--_gap));
  block-size: min(44em, 100dvh - 2 * var(--_gap));
  overflow: hidden; border: 1px solid var(--_control); border-radius: var(--_radius); background: var(--_surface);
  color: var(--_text);
  box-shadow: 0 0.75em 3em rgb(0 0 0 / 0.25); }
:host([position="left"]) .panel { right: auto; left: var(--_gap); }
/* The menu opens below the whole head, so that it half covers none of its buttons. */
.head { position: relative; padding-block: 0.5em 0.75em; padding-inline: 1em 0.5em;
  border-block-end: 1px solid var(--_line); }
.bar, .who { display: flex; align-items: center; gap: 0.25em; }
h2 { font-size: 1.125em; line-height: 1.25; font-weight: 650; }
.bar h2 { flex: 1; overflow-wrap: anywhere; }
.tongue { padding-inline: 0.5em; font-size: 0.9375em; color: var(--_primary); text-decoration: underline;
  text-underline-offset: 0.2em; }
.who { flex-wrap: wrap; justify-content: space-between; gap: 0.25em 0.75em; padding-inline-end: 0.5em;
  font-size: 0.875em; }
.mode { flex: 1 1 5.5em; line-height: 1.3; color: var(--_muted); }
.person { display: flex; align-items: center; gap: 0.4em; padding-inline: 0.7em; border-color: var(--_primary);
  color: var(--_primary); font-weight: 600; }
.person svg { inline-size: 1.25em; block-size: 1.25em; }
.person:hover { background: var(--_tint); }
.icon[aria-controls] svg { stroke-width: 3.5; }
.menu { position: absolute; inset-block-start: 100%; inset-inline-end: 0.5em; z-index: 1; inline-size: max-content;
  max-inline-size: min(20em, 80vw);
  padding: 0.4em; list-style: none; border: 1px solid var(--_control); border-radius: var(--_radius);
  background: var(--_surface);
  box-shadow: 0 0.5em 1.5em rgb(0 0 0 / 0.25); }
.menu button { inline-size: 100%; }
.menu li:last-child button { color: var(--_danger); }

/* Messages */
.log { position: relative; flex: 1; min-block-size: 6em; overflow-y: auto; overscroll-behavior: contain;
  display: flex; flex-direction: column;
  gap: 1em; padding: 1.25em 1em; background: var(--_ground); }
.log:focus-visible { outline-offset: -3px; }
.message { display: flex; flex-direction: column; align-items: flex-start; gap: 0.6em; max-inline-size: 100%; }
.bubble { max-inline-size: 94%; padding: 0.7em 0.95em; border: 1px solid var(--_line); border-radius: var(--_radius);
  border-end-start-radius: 0.2em;
  background: var(--_surface); overflow-wrap: anywhere; }
.bubble > * + *, dialog form > * + * { margin-block-start: 0.6em; }
.bubble > .spoken + * { margin-block-start: 0; }
.bubble ul:not(.sources) { padding-inline-start: 1.2em; }
.bubble li + li { margin-block-start: 0.25em; }
.citizen { align-items: flex-end; }
.citizen .bubble { max-inline-size: 88%; background: var(--_tint); border-color: transparent;
  border-radius: var(--_radius); border-end-end-radius: 0.2em; }
.agent .bubble { border-inline-start: 4px solid var(--_primary); }
.system .bubble { max-inline-size: 100%; border-style: dashed; border-color: var(--_control);
  border-radius: var(--_radius); }
.choices { display: flex; flex-wrap: wrap; gap: 0.5em; }
.sources { padding-block-start: 0.6em; list-style: none; border-block-start: 1px solid var(--_line);
  font-size: 0.875em; color: var(--_muted); }
.sources .note { display: block; }
.mark { font-size: 0.875em; color: var(--_muted); text-align: end; }
.refused { color: var(--_danger); }
.divider, .status { color: var(--_muted); font-size: 0.875em; text-align: center; }
.status { padding: 0.4em 1em; background: var(--_ground); text-align: start; }
.status:empty { display: none; }

/* A request */
dl { display: grid; gap: 0.4em; }
dl div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1em; }
dt { color: var(--_muted); }
dd { font-weight: 600; }
.request { padding: 0.75em; border-radius: calc(var(--_radius) * 0.75); border: 1px solid var(--_line);
  background: var(--_ground); }
.request > * + * { margin-block-start: 0.75em; }
.keep { font-size: 0.875em; }
.steps { list-style: none; }
.steps li { position: relative; display: flex; flex-direction: column; padding: 0 0 0.6em;
  padding-inline-start: 1.4em; font-size: 0.9375em; }
.steps li::before { content: ""; position: absolute; inset-block: 0.45em -0.45em; inset-inline-start: 0.3em;
  border-inline-start: 2px solid var(--_control); }
.steps li::after { content: ""; position: absolute; inset-block-start: 0.45em; inset-inline-start: 0;
  inline-size: 0.7em; block-size: 0.7em;
  border-radius: 50%; border: 2px solid var(--_primary); background: var(--_surface); }
.steps li:last-child { padding-block-end: 0; }
.steps li:last-child::before { display: none; }
.steps li:last-child::after { background: var(--_primary); }
.steps time { color: var(--_muted); }

/* The composer */
.composer { display: flex; flex-direction: column; gap: 0.5em; max-block-size: 60%; overflow-y: auto;
  padding: 0.75em 1em max(0.75em, env(safe-area-inset-bottom));
  border-block-start: 1px solid var(--_line); }
.composer:focus { outline: none; }
.row { display: flex; align-items: flex-end; gap: 0.5em; }
.row > :first-child { flex: 1; min-inline-size: 0; }
textarea, input:not([type="checkbox"]) { inline-size: 100%; min-block-size: 2.75em; padding: 0.55em 0.75em;
  border: 1px solid var(--_control);
  border-radius: calc(var(--_radius) * 0.75); background: var(--_surface); }
textarea { display: block; max-block-size: 9em; line-height: 1.5; resize: none; }
textarea:focus-visible, input:focus-visible { outline-offset: 0; }
::placeholder { color: var(--_muted); opacity: 1; }
[aria-invalid="true"] { border-color: var(--_danger) !important; }
label, legend { font-weight: 600; padding: 0; }
legend { margin-block-end: 0.4em; }
fieldset.choices legend { float: inline-start; inline-size: 100%; margin: 0; }
.box { display: flex; align-items: center; gap: 0.6em; min-block-size: 2.75em; font-weight: 400; }
.box input { inline-size: 1.4em; block-size: 1.4em; margin: 0; flex: none; accent-color: var(--_primary); }
.step { display: flex; align-items: center; gap: 0.75em; font-size: 0.875em; color: var(--_muted);
  white-space: nowrap; }
progress { flex: 1; min-inline-size: 3em; block-size: 0.5em; accent-color: var(--_primary); }
.help, .counter, .error { font-size: 0.875em; }
.error:empty, .error:not(:empty) + .counter { display: none; }
.counter { color: var(--_muted); text-align: end; }
.error, .over { color: var(--_danger); font-weight: 600; }
.aids { display: flex; flex-wrap: wrap; gap: 0 0.75em; margin-inline-start: -0.4em; font-size: 0.9375em; }

/* Dialogs */
dialog { inline-size: min(26em, 100vw - 2em); max-block-size: calc(100dvh - 2em); padding: 1.5em;
  border: 1px solid var(--_control);
  border-radius: var(--_radius); background: var(--_surface); color: var(--_text); overflow-wrap: anywhere; }
dialog::backdrop { background: rgb(0 0 0 / 0.5); }
dialog form > * + * { margin-block-start: 1em; }
blockquote { padding-inline-start: 1em; border-inline-start: 3px solid var(--_line); white-space: pre-line; }
.ways { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 0.75em; }

@media ${SHEET_QUERY} {
  .panel, :host([position="left"]) .panel { inset: var(--_top, 0) 0 auto; inline-size: 100%;
  block-size: var(--_height, 100dvh); border: 0; border-radius: 0; }
  h2 { font-size: 1em; }
}
/* So low that the header would leave no room: everything scrolls together. */
@media (max-height: 26em) {
  .panel { overflow-y: auto; display: block; }
  .log { overflow: visible; position: static; }
  .composer { max-block-size: none; overflow: visible; }
}
@media (prefers-reduced-motion: no-preference) {
  .log { scroll-behavior: smooth; }
  .panel:not([hidden]) { animation: rise 0.18s ease-out; }
  /* Four beats, then still: an endless animation would have to be stoppable (RGAA 13.8). */
  .typing { animation: breathe 1.2s 4 ease-in-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(0.75em); } }
  @keyframes breathe { 50% { opacity: 0.5; } }
}
@media (forced-colors: active) {
  .bubble, .citizen .bubble, .main, .send, .danger, .launcher { border: 1px solid; }
  .choice[aria-pressed="true"] { border-width: 3px; }
  .choice:disabled { color: GrayText; }
  .steps li::after { background: CanvasText; }
  :focus-visible { outline-color: Highlight; }
}
@media print { :host { display: none; } }
`;

let made;

/** The style sheet, made once and shared by every element of the page. */
export function sheet() {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(CSS);
  }
  return made;
}
