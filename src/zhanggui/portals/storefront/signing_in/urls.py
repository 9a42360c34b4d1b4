"""Addresses of logging in; the storefront's own addresses include them."""

from django.urls import path

from zhanggui.portals.storefront.signing_in import account, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-up/", views.sign_up, name="sign_up"),
    path("sign-in/arrived/", views.arrived, name="arrived"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("sign-in/weixin/back/", views.weixin_callback, name="weixin_callback"),
    path("sign-in/weixin-in-app/back/", views.weixin_in_app_callback, name="weixin_in_app_callback"),
    path("sign-in/weibo/back/", views.weibo_callback, name="weibo_callback"),
    path("sign-in/<str:code>/", views.go_elsewhere, name="go_elsewhere"),
    path("me/account/", account.account, name="account"),
    path("me/account/unbind/<int:number>/", account.unbind, name="unbind"),
    path("me/account/password/", account.PasswordView.as_view(), name="password"),
    path("me/account/password/choose/", account.choose_password, name="choose_password"),
    path("me/account/other/", account.prove_other, name="prove_other"),
    path("me/account/merge/", account.merge, name="merge"),
]
