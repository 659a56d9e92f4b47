/**
 * The look of the widget, as a constructable style sheet: a policy without inline styles allows it.
 *
 * Everything is sized in `em` from the reader's own font size, laid out with logical properties (right-to-left pages),
 * and coloured by custom properties: `--guichet-…` from the page, `--_…` inside.
 */

/** Small screens, and desktops zoomed to 400 %: the panel takes the whole window. */
export const SHEET_QUERY = "(max-width: 30em), (max-height: 30em)";

// Light, then dark. Each pair was computed to reach 4.5:1 for text and 3:1 for controls, on `surface`, `ground` and `tint`.
const COLOURS = {
  primary: ["#1b5572", "#93d1ee"],
  "on-primary": ["#ffffff", "#0a2431"],
  surface: ["#ffffff", "#1d2429"],
  ground: ["#f5f6f4", "#151a1e"],
  text: ["#1c262c", "#edf1f3"],
  muted: ["#52606a", "#adb8c0"],
  line: ["#d5dade", "#3a454d"],
  control: ["#74818b", "#83919b"],
  tint: ["#dfedf4", "#1f3f50"],
  danger: ["#a3271f", "#ffb3aa"],
};
const palette = (scheme, index) =>
  Object.entries(COLOURS).reduce(
    (css, [name, colours]) => `${css} --_${name}: var(--guichet-${name}, ${colours[index]});`,
    `color-scheme: ${scheme};`,
  );
const LIGHT = palette("light", 0);
const DARK = palette("dark", 1);

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
a, .bubble, code, h2, dialog { overflow-wrap: anywhere; }
code { font-family: ui-monospace, monospace; }
:focus-visible { outline: 3px solid var(--_primary); outline-offset: 2px; }
.composer:focus, .confirm:focus, .choices:focus { outline: none; }
.spoken { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.note, .help, .at, .kept, .mark, .mode, .divider, .status, .sources, .step, .next, dt, time { color: var(--_muted); }
.help, .at, .mark, .who, .divider, .status, .sources, .step, .keep, .error { font-size: 0.875em; }
.error, .refused { color: var(--_danger); }
.bar, .who, .mode, .person, .choice, .row, .box, .step { display: flex; align-items: center; gap: 0.4em; }
.who, .choices, .confirm, .period, .aids, .ways { display: flex; flex-wrap: wrap; gap: 0.5em; }

/* Buttons */
button { min-block-size: 2.75em; padding: 0.4em 0.9em; border: 1px solid transparent;
  border-radius: calc(var(--_radius) * 0.75); background: none; cursor: pointer; text-align: start; }
button:disabled, button[aria-disabled] { cursor: default; }
.icon { display: inline-grid; place-items: center; inline-size: 2.75em; padding: 0; flex: none; }
.icon:hover, .tongue:hover, .menu button:hover, .plain:hover, .who button:hover { background: var(--_tint); }
a, .plain, .tongue { color: var(--_primary); text-decoration: underline; text-underline-offset: 0.2em; }
.plain { min-block-size: 2em; padding: 0.2em 0.4em; }
.choice, .person { border-color: var(--_control); background: var(--_surface); color: var(--_primary); }
.choice:hover:not(:disabled, [aria-disabled]) { background: var(--_tint); border-color: var(--_primary); }
.choice:disabled { color: var(--_muted); border-color: var(--_line); background: none; }
.choice[aria-pressed="true"] { color: var(--_text); border-color: var(--_primary); background: var(--_tint); }
.choice[aria-pressed="true"]::before, .menu [aria-pressed="true"]::before { content: "✓ "; content: "✓ " / ""; }
.main, .send, .send:hover, .launcher { background: var(--_primary); color: var(--_on-primary); }
.danger { background: var(--_danger); color: var(--_surface); }

/* The button that opens */
.launcher { position: fixed; inset-block-end: max(var(--_gap), env(safe-area-inset-bottom)); right: var(--_gap);
  z-index: var(--guichet-z-index, 2147483000); display: flex; align-items: center; gap: 0.6em;
  max-inline-size: calc(100vw - 2 * var(--_gap));
  min-block-size: 3.25em; padding: 0.5em 1.25em; border-radius: 2em; font-weight: 600; box-shadow: 0 0.25em 1em rgb(0 0 0 / 0.25); }
:host([position="left"]) .launcher { right: auto; left: var(--_gap); }
.launcher:focus-visible { outline-offset: 3px; box-shadow: 0 0 0 3px var(--_surface); }
.count:not(:empty) { padding: 0.1em 0.6em; border-radius: 1em; background: var(--_on-primary); color: var(--_primary);
  font-size: 0.875em; }

/* The panel */
.panel, .menu, dialog { border: 1px solid var(--_control); border-radius: var(--_radius); background: var(--_surface);
  color: var(--_text); box-shadow: 0 0.5em 2em rgb(0 0 0 / 0.25); }
.panel { position: fixed; inset-block-end: var(--_gap); right: var(--_gap); z-index: var(--guichet-z-index, 2147483000);
  display: flex; flex-direction: column; inline-size: min(29em, 100vw - 2 * var(--_gap));
  block-size: min(44em, 100dvh - 2 * var(--_gap)); overflow: hidden; }
:host([position="left"]) .panel { right: auto; left: var(--_gap); }
/* The menu opens below the whole head, so that it half covers none of its buttons. */
.head { position: relative; padding-block: 0.35em 0.5em; padding-inline: 0.9em 0.4em; }
.head, .banner { border-block-end: 1px solid var(--_line); }
.bar, .bar h2 { gap: 0.15em; flex: 1; }
h2 { font-size: 1.0625em; line-height: 1.25; font-weight: 600; }
.tongue { padding-inline: 0.5em; font-size: 0.9375em; }
.who { padding-inline-end: 0.5em; }
.who button { min-block-size: 2.4em; padding-block: 0.2em; line-height: 1.25; }
.who svg { inline-size: 1.25em; block-size: 1.25em; }
.mode { flex: 1 1 5em; padding-inline: 0.2em; margin-inline-start: -0.2em; }
.person { padding-inline: 0.7em; border-color: var(--_primary); font-weight: 600; }
.icon[aria-controls] svg { stroke-width: 3.5; }
.menu { position: absolute; inset-block-start: 100%; inset-inline-end: 0.5em; z-index: 1; inline-size: max-content;
  max-inline-size: min(20em, 80vw); padding: 0.4em; list-style: none; }
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
  background: var(--_surface); }
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
.sources { padding-block-start: 0.6em; list-style: none; border-block-start: 1px solid var(--_line); }
.at { display: none; }
.timed .at { display: block; }
.edit { flex: none; }
.bubble ul:has(.edit) { padding: 0; }
.bubble li:has(.edit) { display: flex; align-items: center; justify-content: space-between; gap: 0.5em; margin: 0;
  padding-block: 0.25em; border-block-start: 1px solid var(--_line); }
.edit:disabled { display: none; }
.mark { text-align: end; }
.divider { text-align: center; }
.banner { display: flex; align-items: flex-start; gap: 0.5em; max-block-size: 7em; overflow-y: auto; padding-inline: 1em 0.5em;
  background: var(--_tint); font-size: 0.9375em; }
.banner p { flex: 1; padding-block: 0.6em; white-space: pre-line; }
.status { padding: 0.4em 1em; background: var(--_ground); }
.status:empty { display: none; }

/* A request */
dl { display: grid; gap: 0.4em; }
dl div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1em; }
dd { font-weight: 600; }
.request { padding: 0.75em; border-radius: calc(var(--_radius) * 0.75); border: 1px solid var(--_line);
  background: var(--_ground); }
.request > * + * { margin-block-start: 0.75em; }
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
.steps li:not(.next)::after { background: var(--_primary); }

/* The composer */
.composer { display: flex; flex-direction: column; gap: 0.4em; max-block-size: 60%; overflow-y: auto;
  padding: 0.75em 1em max(0.75em, env(safe-area-inset-bottom));
  border-block-start: 1px solid var(--_line); }
.row { align-items: flex-end; }
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
.confirm, .aids { gap: 0 0.4em; font-size: 0.9375em; }
.confirm .main { inline-size: 100%; text-align: center; font-weight: 600; }
.period label { flex: 1 1 8em; font-weight: 400; }
fieldset:is(.choices, .confirm, .period) legend { float: inline-start; inline-size: 100%; margin: 0; }
input[type="file"] { padding-block: 0.5em; }
.box { min-block-size: 2.75em; font-weight: 400; }
.box input { inline-size: 1.4em; block-size: 1.4em; margin: 0; flex: none; accent-color: var(--_primary); }
.step { white-space: nowrap; }
progress { flex: 1; min-inline-size: 3em; block-size: 0.5em; accent-color: var(--_primary); }
.error:empty { display: none; }
.error { font-weight: 600; }
.aids { margin-inline-start: -0.4em; }

/* Dialogs */
dialog { inline-size: min(26em, 100vw - 2em); max-block-size: calc(100dvh - 2em); padding: 1.5em; }
dialog::backdrop { background: rgb(0 0 0 / 0.5); }
dialog form > * + * { margin-block-start: 1em; }
blockquote { padding-inline-start: 1em; border-inline-start: 3px solid var(--_line); white-space: pre-line; }
.ways { justify-content: flex-end; }

@media ${SHEET_QUERY} {
  .panel, :host([position="left"]) .panel { inset: var(--_top, 0) 0 auto; inline-size: 100%;
  block-size: var(--_height, 100dvh); border: 0; border-radius: 0; }
  h2 { font-size: 0.9375em; }
  .who { gap: 0; padding: 0; font-size: 0.8125em; }
  .person svg { display: none; }
  .bar .icon, .tongue { min-block-size: 2.4em; }
  .bar .icon { inline-size: 2.4em; }
  .tongue { padding-inline: 0.25em; font-size: 0.875em; }
  .log { gap: 0.75em; padding: 0.75em; }
  .bubble { max-inline-size: 100%; }
}
/* So low that the header would leave no room: everything scrolls together. */
@media (max-height: 26em) {
  .panel { overflow-y: auto; display: block; }
  .log { overflow: visible; position: static; }
  .composer { max-block-size: none; overflow: visible; }
}
@media (prefers-reduced-motion: no-preference) { .log { scroll-behavior: smooth; } }
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
