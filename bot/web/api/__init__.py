"""The HTTP contract of docs/api.md, one module a resource."""
