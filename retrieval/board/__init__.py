"""현행화: how the standard consultation DB stays fresh.

`life` says who may do which step, `board` is the manager's desk, `desk` the confirmation rounds,
`coverage` their score, `sheets_out` and `sheets_in` the bulk edit by Excel, `api` the routes.
"""
