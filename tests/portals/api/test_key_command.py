"""Keys are issued, listed and revoked from the shell."""

import argparse
import io
import json
from typing import Any

import pytest

from zhanggui.money.errors import Refusal


def said(*words: str) -> dict[str, Any]:
    """What `zhanggui api-key WORDS --json` answers."""
    from zhanggui.portals.api.commands import api_key
    from zhanggui.portals.shell.output import Output

    parser = argparse.ArgumentParser()
    api_key.add_arguments(parser)
    answer = io.StringIO()
    assert api_key.run(parser.parse_args(words), Output(as_json=True, stdout=answer)) == 0
    return dict(json.loads(answer.getvalue()))


@pytest.fixture
def clerk(market: Any) -> str:
    from zhanggui.parties.models import Membership, Party, PartyKind, User

    user = User.objects.create_user("clerk")
    party, _ = Party.objects.get_or_create(code="platform", defaults={"kind": PartyKind.PLATFORM, "name": {}})
    Membership.objects.create(user=user, party=party, role="platform_auditor")
    return user.get_username()


class TestApiKey:
    def test_a_key_works_until_it_is_revoked(self, clerk: str, client: Any) -> None:
        issued = said("issue", clerk, "platform_auditor", "--label", "night job")
        headers = {"authorization": f"Bearer {issued['secret']}"}
        assert client.get("/api/v1/fee-types", headers=headers).status_code == 200
        [listed] = [key for key in said("list")["keys"] if key["label"] == "night job"]
        assert "secret" not in listed
        said("revoke", str(issued["number"]))
        assert client.get("/api/v1/fee-types", headers=headers).status_code == 401

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("issue", "nobody", "platform_auditor"), "unknown_holder"),
            (("issue", "clerk", "platform_auditor", "--party", "nowhere"), "unknown_holder"),
            (("issue", "clerk", "platform_admin"), "role_not_held"),
            (("revoke", "999999"), "unknown_key"),
            (("issue", "clerk", "platform_auditor", "--expires", "2020-01-01"), "key_end_in_the_past"),
            (("issue", "clerk", "platform_auditor", "--expires", "soon"), "key_end_no_day"),
        ],
    )
    def test_a_refusal_says_why(self, clerk: str, words: tuple[str, ...], code: str) -> None:
        with pytest.raises(Refusal) as refused:
            said(*words)
        assert refused.value.code == code
