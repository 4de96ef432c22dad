"""
``provd-cli`` where accent-auth keeps tokens and tenants.
"""

from __future__ import annotations

from twisted.internet.utils import getProcessOutputAndValue

from tests.accentauth.standin import BRANCH, MASTER
from tests.accentauth.test_access import Case
from tests.cli.running import COMMAND


class WithAccentAuth(Case):
    async def run_command(self, *arguments: str) -> tuple[int, str]:
        """
        Return the exit code of a command, and all that it says.
        """
        environment = {
            "HOME": str(self.base),
            "PROVD_REST_PORT": str(self.site.settings.rest_api.port),
            "PROVD_TOKEN": self.api.token,
        }
        out, error, code = await getProcessOutputAndValue(COMMAND, arguments, environment)
        return code, (out + error).decode()

    async def test_tokens_and_tenants_are_those_of_accent_auth(self) -> None:
        for what in ("token", "tenants"):
            plural = what if what == "tenants" else "tokens"
            self.assertEqual(
                await self.run_command(what, "list"),
                (1, f"provd-cli: this daemon asks accent-auth: {plural} are made and removed there\n"),
            )
        self.assertEqual((await self.run_command("devices", "list", "--tenant", BRANCH))[0], 0)
        self.assertEqual(
            await self.run_command("devices", "list", "--tenant", "branch"),
            (2, "provd-cli: tenants are accent-auth's here: name one by its UUID\n"),
        )

    async def test_an_accent_auth_that_is_away_is_told_of(self) -> None:
        await self.auth.stop()
        code, told = await self.run_command("devices", "list", "--tenant", MASTER)
        self.assertEqual(code, 5)
        self.assertIn("accent-auth can't be reached", told)
