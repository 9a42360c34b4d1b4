// Taking a payout inside WeChat: its own script shows the page on which the person confirms.
document.querySelectorAll("[data-take]").forEach((button) => button.addEventListener("click", () => {
  const fields = { mchId: button.dataset.merchant, appId: button.dataset.app, package: button.dataset.package };
  const bridge = window.WeixinJSBridge;
  if (!bridge) {
    document.querySelectorAll("[data-elsewhere]").forEach((line) => { line.hidden = false; });
    return;
  }
  bridge.invoke("requestMerchantTransfer", fields, () => location.reload());
}));
