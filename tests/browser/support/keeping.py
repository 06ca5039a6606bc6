"""What befalls a page in the moment in which it keeps a note, with its photos or without."""

from __future__ import annotations

WHEN_KEEPING = """(does) => {
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (...given) {
    const made = transaction.apply(this, given);
    if (["bytes", "drafts"].every((store) => made.objectStoreNames.contains(store))) does(made);
    return made;
  };
}"""
NEVER_HEARS = """(tx) => tx.addEventListener("complete", (event) => {
  event.stopImmediatePropagation();
  document.documentElement.dataset.keeping = "";
})"""
"""All is on the phone; the page is left before it knows."""
NEVER_ENDS = """(tx) => {
  const ask = () => { tx.objectStore("entries").count().onsuccess = ask; };
  ask();
  document.documentElement.dataset.keeping = "";
}"""
"""Undone, as the page is left before the end."""


def when_keeping(does: str) -> str:
    """A script by which this befalls the page from now on: a JavaScript function of the transaction."""
    return f"() => ({WHEN_KEEPING})({does})"
