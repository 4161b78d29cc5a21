/** What a browser may do with a page: show it, styled and scripted by what is ours, and send its forms back to us. */

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Of every answer of this room. */
export const guarded = {
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * Of every page. Under `no-referrer` browsers send `Origin: null` with a form, and could not be told from a frame without
 * an origin; `same-origin` tells nobody else anything either.
 */
export const personal = {
  ...guarded,
  "cache-control": "no-store",
  "content-type": "text/html; charset=utf-8",
  "referrer-policy": "same-origin",
};
