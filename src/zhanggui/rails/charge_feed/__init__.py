"""Pulling details from another system over HTTP (从其他系统拉取): pages of JSON, oldest first, with a cursor.

Protocol: `GET <url>?after=<cursor>&limit=<n>` with `Authorization: Bearer <token>` answers
`{"charges": [{...}], "next": "<cursor>" or null}`; a charge has the fields of the general billing interface,
amounts as integers in minor units. An answer without `next` ends the feed.
"""
