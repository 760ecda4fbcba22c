// Numbers for the owners of rings: the core goes by number, not by name.

export class Owners {
  readonly #keyOf = new Map<number, string>()
  readonly #known = new Map<string, { readonly number: number; readonly rings: Set<number> }>()
  readonly #taken = new Set<number>()

  /** The number of a ring's owner, the same for all rings of one key. Without a key, the ring has an owner of its own. */
  of(ring: number, key = `ring ${ring}`): number {
    this.#release(ring)
    let owner = this.#known.get(key)
    if (!owner) {
      // The ring's own number, unless other rings of the owner that had it before still go by it.
      let number = ring
      for (let other = 0; this.#taken.has(number); other++) number = other
      owner = { number, rings: new Set() }
      this.#known.set(key, owner)
      this.#taken.add(number)
    }
    owner.rings.add(ring)
    this.#keyOf.set(ring, key)
    return owner.number
  }

  #release(ring: number): void {
    const key = this.#keyOf.get(ring)
    const owner = key === undefined ? undefined : this.#known.get(key)
    if (!owner?.rings.delete(ring) || owner.rings.size > 0) return
    this.#known.delete(key!)
    this.#taken.delete(owner.number)
  }
}
