"""The sandbox as a process."""

from zhanggui.rails.alipay.sandbox.gateway import AlipaySandbox
from zhanggui.rails.sandbox_server.serving import main

if __name__ == "__main__":
    main(AlipaySandbox)
