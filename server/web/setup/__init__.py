"""The office's set-up of an audit: pages, fields and what saves them.

`fields` reads and shows single places, `sections` says as data which stand where, `saving` turns what changed
into `configured` entries, `shape` is what templates get, `pages` are the routes.
"""

from server.web.setup import documents, pages

routes = [*pages.routes, *documents.routes]
