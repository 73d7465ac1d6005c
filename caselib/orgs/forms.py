from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.forms import CharField, PasswordInput, TextInput

from .models import User


class SignInForm(AuthenticationForm):
    username = CharField(
        label="账号", widget=TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"})
    )
    password = CharField(label="密码", strip=False, widget=PasswordInput(attrs={"autocomplete": "current-password"}))
    error_messages = {
        "invalid_login": "账号或密码不对。核对大小写再试；连续输错 5 次，账号会锁定 30 分钟。",
        "inactive": "这个账号已经停用。请找本单位的系统管理员。",
    }

    def confirm_login_allowed(self, user: User) -> None:
        """Raises ValidationError for a closed account, and for that of a connected system, whatever password it was given."""
        super().confirm_login_allowed(user)
        if hasattr(user, "client"):
            raise ValidationError(self.error_messages["invalid_login"], code="invalid_login")
