/**
 * The first 12 hex digits of SHA-256 over secrets of 32 bytes or more that public code and tutorials show. Written by
 * scripts/published-digests.js.
 */
const digests = [
  // published digests begin
  '02a1a3ec183d 074337dc15c1 0d356ede0ba4 0f44b34c6311 103ab5dd9769 11c3e91482da 1453cea2dc37',
  '1dd62eba2864 2a1d61d5e199 3354cfcf65c7 374853915c55 465d9ad5d552 507f4a36ac60 5349820f1f4b',
  '54bdb0aece41 570dad43de1a 5aad40249465 5b29efc3a053 5df73e1aa59d 5f6a9f9ecc5c 69024f21e9ad',
  '69063827ac94 6c081c2085f0 735d2989efe7 78a6c76148cb 79ef599b03c8 820b64a145da 82640871d80a',
  '84c5cdcc56f7 889041e83687 8e78099269d5 8eecb3bfd596 9524778ec964 9877be62cd59 a064b502e61d',
  'a171a5a797ac a2460fe08434 a6a4728c0c0f abb7f5ff91d3 b13091976d23 b2e011f29299 b3cf5152a10b',
  'bf0b62edab9c c07799c18d8b c99758db33af cf03d2c69a09 d476efb08bd3 dcf46e3a16c9 e15c32d17b60',
  'e3a585830240 e5be90f49991 e9cc80630a65 fe18bd40b727',
  // published digests end
]
  .join(' ')
  .split(' ');

/** Whether anyone can look this key up, by its SHA-256 in hex. */
export function isPublished(digest: string): boolean {
  return digests.includes(digest.slice(0, 12));
}
