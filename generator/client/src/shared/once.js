/** What is read once and serves all who ask for it. */

/**
 * What `kept` has under a key, or else what `make` makes; failures are not kept. A failure of what was on its way already
 * is no answer: the connection may be back since, or whoever began it wants it no longer. So who joined makes it anew, once.
 * @template K, T
 * @param {Map<K, Promise<T>>} kept
 * @param {K} key
 * @param {() => Promise<T>} make
 * @returns {Promise<T>}
 */
export function shared(kept, key, make) {
  const begin = () => {
    const known = kept.get(key);
    if (known) return known;
    const made = make();
    kept.set(key, made);
    made.catch(() => {
      if (kept.get(key) === made) kept.delete(key);
    });
    return made;
  };
  return kept.get(key)?.catch(begin) ?? begin();
}
