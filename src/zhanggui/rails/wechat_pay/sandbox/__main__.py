"""python -m zhanggui.rails.wechat_pay.sandbox --folder DIR [--port P]"""

from zhanggui.rails.sandbox_server.serving import main
from zhanggui.rails.wechat_pay.sandbox.gateway import WechatGateway

if __name__ == "__main__":
    main(WechatGateway)
