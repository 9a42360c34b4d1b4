"""The sandbox as a process."""

from zhanggui.rails.sandbox_server.serving import main
from zhanggui.rails.unionpay.sandbox.gateway import UnionpaySandbox

if __name__ == "__main__":
    main(UnionpaySandbox)
