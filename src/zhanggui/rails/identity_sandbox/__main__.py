"""The sandbox as a process: `python -m zhanggui.rails.identity_sandbox --folder DIR [--port P]`."""

from zhanggui.rails.identity_sandbox.gateway import IdentitySandbox
from zhanggui.rails.sandbox_server.serving import main

if __name__ == "__main__":
    main(IdentitySandbox)
