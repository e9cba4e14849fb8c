import { html, trusted } from './html.js';

/** Line drawings of the products on a field of 64 by 64, part of the page: they need no request and no permission. */
const DRAWINGS = {
  'enamel-mug': '<path d="M14 18h28v26a6 6 0 0 1-6 6H20a6 6 0 0 1-6-6z"/><path d="M42 25h4a6 6 0 0 1 0 15h-4"/><path d="M14 24h28"/>',
  'pour-over-dripper': '<path d="M12 16h40L38 40H26z"/><path d="M20 40h24"/><path d="M32 46v3M32 53v3"/><path d="M24 22l5 12M40 22l-5 12M32 22v12"/>',
  'gooseneck-kettle': '<path d="M26 24h20l5 26H21z"/><path d="M22 44c-8 0-6-20-14-20"/><path d="M31 24v-4h10v4"/><path d="M47 27c12-3 12 17 3 17"/>',
  'hand-grinder': '<rect x="24" y="22" width="16" height="32" rx="3"/><path d="M24 38h16"/><path d="M32 22v-6h16"/><circle cx="50" cy="16" r="3"/>',
  'dot-notebook': '<rect x="16" y="10" width="32" height="44" rx="3"/><path d="M23 10v44"/><path d="M30 22h11M30 29h11M30 36h7"/><path d="M42 54v5l3-2 3 2v-7"/>',
  'desk-lamp': '<path d="M14 54h22"/><path d="M25 54V46L14 30l20-14"/><path d="M32 10l14 12-12 8z"/><path d="M44 32l5 6M39 34l2 7M48 28l6 2"/>',
  'canvas-tote': '<path d="M14 26h36l-3 30H17z"/><path d="M24 32V18a8 8 0 0 1 16 0v14"/>',
  'wool-blanket': '<rect x="12" y="18" width="40" height="28" rx="2"/><path d="M12 26h40M12 38h40"/><path d="M16 46v6M24 46v6M32 46v6M40 46v6M48 46v6M16 18v-6M24 18v-6M32 18v-6M40 18v-6M48 18v-6"/>',
};

const PLAIN = '<rect x="14" y="20" width="36" height="32" rx="3"/><path d="M14 30h36M32 20v32"/>';

/** Return the drawing of a product, a plain parcel when it has none. It repeats the name, so screen readers skip it. */
export function drawing(productId) {
  return html`<svg class="drawing" viewBox="0 0 64 64" aria-hidden="true">${trusted(DRAWINGS[productId] ?? PLAIN)}</svg>`;
}
