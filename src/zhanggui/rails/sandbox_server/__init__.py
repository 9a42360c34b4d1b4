"""What every gateway sandbox of ours stands on: a process that answers HTTP, keeps its state in a file, has a clock
that can be stepped, and goes wrong when it is told to.

A gateway is a class after `gateway.Gateway`, made with a `House`; its package has a `__main__` that calls
`serving.main(make_gateway)`. What our side has to be configured with is written to `client.json` in the folder.

A sandbox is the other side: it is configured from its own folder, and knows our protocol adapters no more than the
real gateway does. It is for trying and testing on one machine; it checks no caller at its `/sandbox/` addresses.
"""
