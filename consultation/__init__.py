"""The shared dictionary of a consultation, and where it is kept.

`types`, `ports`, `errors`, `text` and `privacy` are pure; the engines are in `store`, `bus`,
`jobs` and `versions`. A borrower of a single capability brings along this package and no other.
"""
