/** Values that are read once and serve every caller. */

/**
 * The value that `kept` has under a key, or the result of `make`; failures are not kept. The failure of a read that another
 * caller began is not final: the connection may be back, or that caller cancelled. So whoever joined it calls `make` again, once.
 * @template K, T
 * @param {{ get(key: K): Promise<T> | undefined, set(key: K, value: Promise<T>): unknown, delete(key: K): boolean }} kept
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
