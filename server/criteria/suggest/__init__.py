"""Which clauses a text speaks of, told from curated words: the same ranking here and on the phone.

`words` cuts a text, `compile` packs the word lists of `checklists/terms` into `static/suggest.json`, `rank`
reads that file and ranks. `static/js/suggest.js` is `words` and `rank` once more; a test holds them together.
"""
