"""
A plugin server's repository over a real socket, and the local one beside it.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from twisted.internet import reactor
from twisted.trial.unittest import TestCase
from twisted.web import static

from provd.downloads.client import Downloads
from provd.errors import DownloadError, PluginError, ProvdError, Refused, RepositoryError
from provd.model.operation import OIP_PROGRESS, OperationInProgress
from provd.pluginhost import signing
from provd.pluginhost.repositories import Repositories
from provd.pluginhost.repository import build_repository
from tests.downloads.servers import Ports
from tests.logged import logged

INFO = {"version": "1.0", "description": "x", "description_fr": "y", "capabilities": {}}


def write_plugin(folder: Path, plugin_id: str, **info: object) -> None:
    (folder / plugin_id).mkdir(parents=True, exist_ok=True)
    (folder / plugin_id / "plugin-info").write_text(json.dumps({**INFO, **info}))
    (folder / plugin_id / "entry.py").touch()


class Case(TestCase):
    def setUp(self) -> None:
        self.ports = Ports()
        self.addCleanup(self.ports.stop)
        self.base = Path(tempfile.mkdtemp())
        for name in ("plugins", "cache", "published", "local"):
            (self.base / name).mkdir()
        self.published = self.base / "published"
        self.key = signing.read_key(signing.new_key())
        self.publish()
        self.url: str | None = self.ports.serve(static.File(str(self.published)))
        self.keys: dict[str, bytes] = {}

    def publish(self, key: signing.Ed25519PrivateKey | None = None, **info: object) -> None:
        write_plugin(self.base / "sources", "acme", **info)
        build_repository([self.base / "sources"], self.published, key)

    def trust(self, key: signing.Ed25519PrivateKey) -> None:
        self.keys = {f"{self.url}/": key.public_key().public_bytes_raw()}

    def repositories(self, keep: bool = True) -> Repositories:
        base = self.base
        return Repositories(
            base / "plugins",
            base / "cache",
            base / "local",
            lambda: self.url,
            self.keys,
            Downloads(reactor, {}),
            keep,
        )

    async def update(self) -> OperationInProgress:
        operation = OperationInProgress("update", OIP_PROGRESS)
        await self.repositories().update(operation)
        return operation

    async def refused(self, kind: type[ProvdError], problem: str) -> None:
        before = self.stored()
        try:
            await self.update()
        except kind as error:
            self.assertIn(problem, str(error))
        else:
            raise AssertionError("it should have been refused")
        self.assertEqual(self.stored(), before)

    async def unusable(self, problem: str) -> None:
        try:
            await self.repositories().offers()
        except RepositoryError as error:
            self.assertIn("update the definitions", str(error))
            self.assertIn(problem, str(error))
            self.assertEqual(error.http_status, 500)
        else:
            raise AssertionError("it should have been refused")

    def stored(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.base / "plugins").iterdir()}


class Indexes(Case):
    async def test_nothing_can_be_installed_before_the_first_update(self) -> None:
        self.assertEqual(await self.repositories().offers(), {})

    async def test_an_update_fetches_the_index(self) -> None:
        operation = await self.update()
        index = (self.published / "plugins.db").read_bytes()
        self.assertEqual(self.stored(), {"plugins.db": index})
        self.assertEqual(operation.current, len(index))
        offers = await self.repositories().offers()
        self.assertEqual((list(offers), offers["acme"].version), (["acme"], "1.0"))

    async def test_a_server_that_has_no_index_or_none_that_is_one_changes_nothing(self) -> None:
        await self.update()
        (self.published / "plugins.db").write_text("[]")
        await self.refused(RepositoryError, "isn't a JSON object")
        (self.published / "plugins.db").write_bytes(b"")
        await self.refused(RepositoryError, "is empty")
        (self.published / "plugins.db").unlink()
        await self.refused(DownloadError, "404")
        self.url = None
        await self.refused(Refused, "no plugin server is set")

    async def test_an_empty_index_offers_nothing_and_a_damaged_one_is_an_error(self) -> None:
        stored = self.base / "plugins" / "plugins.db"
        stored.write_bytes(b"")
        self.assertEqual(await self.repositories().offers(), {})
        stored.write_bytes(b"{")
        await self.unusable("plugins.db isn't JSON")

    async def test_entries_that_cannot_be_used_are_told_and_the_others_offered(self) -> None:
        index = json.loads((self.published / "plugins.db").read_text())
        index |= {f"bad{number}\n": {} for number in range(12)}
        (self.published / "plugins.db").write_text(json.dumps(index))
        with logged() as events:
            await self.update()
        (told,) = [line for line in events.texts() if "can't be used" in line]
        self.assertIn("12 entries", told)
        self.assertIn(r"'bad0\n': not a plugin id", told)
        self.assertNotIn("bad11", told)
        self.assertEqual(list(await self.repositories().offers()), ["acme"])

    async def test_an_index_that_cannot_be_stored_leaves_the_former_one(self) -> None:
        self.trust(self.key)
        self.publish(self.key)
        await self.update()
        self.publish(self.key, version="2.0")
        stored = self.base / "plugins" / "plugins.db"
        index = stored.read_bytes()
        in_the_way = stored.with_name(".plugins.db.new")
        in_the_way.mkdir()
        with self.assertRaises(RepositoryError):
            await self.update()
        self.assertEqual(stored.read_bytes(), index)
        self.assertEqual((await self.repositories().offers())["acme"].version, "1.0")
        in_the_way.rmdir()
        await self.update()
        self.assertEqual((await self.repositories().offers())["acme"].version, "2.0")
        self.assertEqual(
            (self.base / "plugins" / "plugins.db.sig").read_bytes(),
            (self.published / "plugins.db.sig").read_bytes(),
        )

    async def test_the_local_repository_is_listed_beside_the_server_s_and_wins(self) -> None:
        await self.update()
        for name in ("acme", "yealink"):
            write_plugin(self.base / "own", name, version="2.0")
        build_repository([self.base / "own"], self.base / "local")
        offers = await self.repositories().offers()
        self.assertEqual(
            {i: (o.version, o.is_local) for i, o in offers.items()},
            dict.fromkeys(("acme", "yealink"), ("2.0", True)),
        )


class Signatures(Case):
    async def test_a_server_with_a_key_must_sign(self) -> None:
        self.trust(self.key)
        await self.refused(RepositoryError, "isn't signed")
        self.publish(self.key)
        await self.update()
        self.assertEqual(sorted(self.stored()), ["plugins.db", "plugins.db.sig"])
        self.assertEqual(list(await self.repositories().offers()), ["acme"])

    async def test_another_key_or_an_altered_index_is_refused(self) -> None:
        self.trust(self.key)
        self.publish(signing.read_key(signing.new_key()))
        await self.refused(RepositoryError, "isn't as it was signed")
        self.publish(self.key)
        index = self.published / "plugins.db"
        index.write_bytes(index.read_bytes().replace(b'"x"', b'"z"'))
        await self.refused(RepositoryError, "isn't as it was signed")

    async def test_an_index_of_before_the_key_or_of_another_server_is_not_used(self) -> None:
        await self.update()
        self.trust(self.key)
        await self.unusable("isn't signed")
        url = str(self.url)
        for same in ("HTTP" + url[4:], f"{url}/", url.replace("//", "//user:secret@")):
            self.url = same
            await self.unusable("isn't signed")
        self.publish(self.key)
        await self.update()
        self.trust(signing.read_key(signing.new_key()))
        await self.unusable("not with the server's key")

    async def test_a_host_s_case_and_the_usual_port_make_no_other_server(self) -> None:
        await self.update()
        self.keys = {"https://example.org/a/": self.key.public_key().public_bytes_raw()}
        for same in ("https://EXAMPLE.org/a", "https://example.org:443/a/"):
            self.url = same
            await self.unusable("isn't signed")
        for other in ("https://example.org/A/", "https://example.org:8443/a/", "https://example.com/a/"):
            self.url = other
            self.assertEqual(list(await self.repositories().offers()), ["acme"])

    async def test_a_signed_index_must_tell_sha_256(self) -> None:
        index = json.loads((self.published / "plugins.db").read_text())
        del index["acme"]["sha256sum"]
        data = json.dumps(index).encode()
        (self.published / "plugins.db").write_bytes(data)
        (self.published / "plugins.db.sig").write_bytes(signing.sign(data, self.key))
        self.trust(self.key)
        with logged() as events:
            await self.update()
        self.assertTrue(any("'acme': sha256sum is missing" in line for line in events.texts()))
        self.assertEqual(await self.repositories().offers(), {})

    async def test_without_a_key_it_warns_once(self) -> None:
        repositories = self.repositories()
        plain = str(self.url)
        with logged() as events:
            for url in (plain.replace("//", "//user:secret@"), plain):
                self.url = url
                await repositories.update(OperationInProgress("update", OIP_PROGRESS))
        self.assertEqual(len([line for line in events.texts() if "installed unsigned" in line]), 1)
        self.assertNotIn("secret", events.everything())

    async def test_no_error_tells_the_password_of_a_server(self) -> None:
        self.trust(self.key)
        self.url = str(self.url).replace("//", "//user:secret@")
        try:
            await self.update()
        except RepositoryError as error:
            self.assertNotIn("secret", str(error))
        else:
            raise AssertionError("it should have been refused")


class Packages(Case):
    async def fetched(self, repositories: Repositories) -> tuple[bytes, str]:
        operation = OperationInProgress("install", OIP_PROGRESS)
        entry = (await repositories.offers())["acme"]
        await repositories.check_obtainable(entry)
        async with repositories.package(entry, operation) as path:
            return path.read_bytes(), str(operation)

    async def test_a_package_is_fetched_once_and_followed(self) -> None:
        await self.update()
        package = (self.published / "acme-1.0.tar.bz2").read_bytes()
        size = len(package)
        repositories = self.repositories()
        text = f"install|progress(download|success;{size}/{size})"
        self.assertEqual(await self.fetched(repositories), (package, text))
        self.assertEqual(await self.fetched(repositories), (package, "install|progress"))

    async def test_a_cached_package_with_a_wrong_checksum_is_fetched_again(self) -> None:
        await self.update()
        (self.base / "cache" / "acme-1.0.tar.bz2").write_bytes(b"other")
        self.assertIn("download", (await self.fetched(self.repositories()))[1])

    async def test_a_package_may_be_thrown_away_after_use(self) -> None:
        await self.update()
        await self.fetched(self.repositories(keep=False))
        self.assertEqual(list((self.base / "cache").iterdir()), [])

    async def test_an_altered_package_is_refused(self) -> None:
        await self.update()
        package = self.published / "acme-1.0.tar.bz2"
        package.write_bytes(package.read_bytes()[::-1])
        with self.assertRaises(DownloadError):
            await self.fetched(self.repositories())
        self.assertEqual(list((self.base / "cache").iterdir()), [])

    async def test_without_a_server_only_what_is_here_can_be_had(self) -> None:
        await self.update()
        self.url = None
        with self.assertRaises(Refused):
            await self.fetched(self.repositories())
        (self.base / "cache" / "acme-1.0.tar.bz2").write_bytes(b"other")
        with self.assertRaises(Refused):
            await self.fetched(self.repositories())
        (self.base / "cache" / "acme-1.0.tar.bz2").write_bytes(
            (self.published / "acme-1.0.tar.bz2").read_bytes()
        )
        await self.fetched(self.repositories())

    async def test_a_local_package_is_used_where_it_is_and_checked_too(self) -> None:
        build_repository([self.base / "sources"], self.base / "local")
        self.url = None
        self.assertEqual((await self.fetched(self.repositories(keep=False)))[1], "install|progress")
        package = self.base / "local" / "acme-1.0.tar.bz2"
        package.write_bytes(b"other")
        with self.assertRaises(PluginError):
            await self.fetched(self.repositories())
        self.assertTrue(package.exists())
