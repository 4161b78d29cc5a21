/** Proactive content negotiation (RFC 9110 §12.5.1). */

interface MediaRange {
  type: string;
  quality: number;
}

/**
 * Which of the media types that we have the client likes best.
 * @param accept the Accept header, if there was one
 * @param offers what we have, in the order in which we would rather send it; the first is for clients without a wish
 * @returns `undefined` when the client takes none of them
 */
export function negotiate<Offer extends string>(
  accept: string | null | undefined,
  offers: readonly [Offer, ...Offer[]],
): Offer | undefined {
  if (!accept?.trim()) return offers[0];
  const ranges = accept.split(",").map(mediaRange);
  let best: Offer | undefined;
  let bestQuality = 0;
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges);
    if (quality > bestQuality) [best, bestQuality] = [offer, quality];
  }
  return best;
}

/** The most specific range that matches decides, whatever the others say. */
function qualityOf(offer: string, ranges: readonly MediaRange[]): number {
  for (const form of [offer, `${offer.split("/")[0]}/*`, "*/*"]) {
    const range = ranges.find(({ type }) => type === form);
    if (range) return range.quality;
  }
  return 0;
}

function mediaRange(text: string): MediaRange {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const quality = Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? 1);
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}
