/** What no token of Fly.io's comes near; what is beyond is refused before anything is done with it. */

/** Characters of a header. */
export const longest = 256 * 1024;
export const mostTokens = 256;
/** Caveats that are added at once. */
export const mostAdded = 1024;
/** How deep caveats may stand in one another. */
export const deepestCaveat = 32;
/** How deep values of MessagePack may stand in one another. */
export const deepestValue = 128;
