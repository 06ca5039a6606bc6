"""What is seen: one module a page, with its template of the same name in `templates/pages/`.

A page module exports `routes`, a list of litestar handlers, and is named in `server.app.PAGES`. A handler

- says what it needs: `@get("/audits/{audit:str}", opt={"needs": "audit.read"})`, an action of
  `people.rights.RIGHTS` or `PUBLIC`; without it the program doesn't start;
- gets `services: NamedDependency[Services]`, `principal: NamedDependency[Principal]` and, on paths with
  `{audit:str}`, `case: NamedDependency[Case]` (the audit, already found by narrowing: unknown and not visible
  are the same 404) by naming them as parameters;
- answers with `page(request, "pages/x.html", …)` (server.web.render), or `redirect("/…")` after a form;
- takes forms as `await read_form(request)` and writes entries through `services.journal.append` with
  `admit_for(principal)`.

Sentences stand in `server/web/texts/*.zh.toml` and `*.en.toml` (one flat table each) and are asked for as
`t("key", n=3)`.
"""
