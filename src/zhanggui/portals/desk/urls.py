"""URLs of the desk; include at the root: path("", include("zhanggui.portals.desk.urls"))."""

from django.urls import path, register_converter

from zhanggui.portals.desk.views import accounts, exports, factors, finding, pictures, preferences, security

app_name = "desk"


class Sha256:
    """A digest in an address."""

    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Sha256, "sha256")

urlpatterns = [
    path("desk/", accounts.door, name="door"),
    path("login/", accounts.LoginView.as_view(), name="login"),
    path("login/code/", factors.login_code, name="login_code"),
    path("security/", security.security_page, name="security"),
    path("security/sessions/end/", security.end_others, name="end_sessions"),
    path("security/factor/", factors.factor_page, name="factor"),
    path("security/factor/new/", factors.enrol, name="factor_enrol"),
    path("security/factor/remove/", factors.remove_factor, name="factor_remove"),
    path("security/recovery-codes/", factors.recovery_codes, name="recovery_codes"),
    path("security/recovery-codes/new/", factors.new_recovery_codes, name="new_recovery_codes"),
    path("logout/", accounts.LogoutView.as_view(), name="logout"),
    path("password/", accounts.PasswordView.as_view(), name="password"),
    path("password/done/", accounts.password_done, name="password_done"),
    path("find", finding.find_view, name="find"),
    path("preferences/language/", preferences.language, name="set_language"),
    path("preferences/look/", preferences.look, name="look"),
    path("preferences/columns/", preferences.columns, name="columns"),
    path("views/", preferences.save_view, name="save_view"),
    path("views/<int:view_id>/delete/", preferences.drop_view, name="drop_view"),
    path("exports/", exports.DownloadCentre.as_view(), name="exports"),
    path("exports/new/", exports.request_export, name="request_export"),
    path("exports/<int:export_id>/", exports.export_page, name="export"),
    path("exports/<int:export_id>/file", exports.download, name="export_file"),
    path("pictures/<sha256:digest>-<int:width>.webp", pictures.picture, name="picture"),
]
