"""
The description of the API, in both forms.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV31SpecValidator, validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from provd.model.parametertypes import STANDARD_PARAMETERS
from provd.rest.application import HANDLERS
from provd.rest.described import Descriptions
from provd.rest.description.document import openapi
from provd.rest.description.sources import read
from provd.rest.operations import Operation, Starter
from provd.rest.status import Status
from tests.rest.api import Api
from tests.rest.case import ApiCase

DESCRIPTIONS = Descriptions(HANDLERS)
OPENAPI = json.loads(DESCRIPTIONS.openapi)
SWAGGER = yaml.safe_load(DESCRIPTIONS.swagger)


def test_both_are_valid() -> None:
    validate(OPENAPI, cls=OpenAPIV31SpecValidator)
    validate(SWAGGER, cls=OpenAPIV2SpecValidator)


def test_a_validator_would_see_a_mistake() -> None:
    for document, cls in ((OPENAPI, OpenAPIV31SpecValidator), (SWAGGER, OpenAPIV2SpecValidator)):
        wrong = json.loads(json.dumps(document))
        del wrong["paths"]["/status"]["get"]["responses"]["200"]["description"]
        with pytest.raises(OpenAPIValidationError, match="Status"):
            validate(wrong, cls=cls)


@pytest.mark.parametrize("document", [OPENAPI, SWAGGER])
def test_every_method_of_every_path_is_there_with_its_access(document: Any) -> None:
    expected = {path or "/": handler.required for path, handler in HANDLERS.items()}
    for path, handler in HANDLERS.items():
        if issubclass(handler, Starter):
            expected[f"{path}/{{operation_id}}"] = Operation.required
    assert expected == {
        path: {method.upper(): told.get("x-required-access") for method, told in methods.items()}
        for path, methods in document["paths"].items()
    }


def test_the_access_is_told_to_people_too() -> None:
    for methods in OPENAPI["paths"].values():
        for told in methods.values():
            access = told.get("x-required-access")
            assert (f"`{access}`" in told["description"]) if access else told["security"] == []


@pytest.mark.parametrize(
    "handlers",
    [
        {**HANDLERS, "/new": Status},
        {path: handler for path, handler in HANDLERS.items() if path != "/status"},
        {**HANDLERS, "/status": Operation},
    ],
)
def test_a_resource_that_is_not_described_is_noticed_and_so_is_one_that_is_not_there(handlers: Any) -> None:
    with pytest.raises(LookupError):
        openapi(handlers)


def test_each_parameter_of_a_raw_config_is_told_and_no_other() -> None:
    meanings = read("rawconfig.yml")
    schemas = OPENAPI["components"]["schemas"]
    assert set(schemas["RawConfig"]["properties"]) == STANDARD_PARAMETERS
    for name, texts in meanings.items():
        assert set(schemas[name]["properties"]) == set(texts) - {"_"}


def test_no_name_stands_for_two_operations() -> None:
    names = [told["operationId"] for methods in OPENAPI["paths"].values() for told in methods.values()]
    assert len(set(names)) == len(names)


def test_all_that_is_told_once_is_used() -> None:
    text = json.dumps(OPENAPI)
    for kind in ("parameters", "responses", "schemas"):
        for name in OPENAPI["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text


class Served(ApiCase):
    PLUGINS: Any = []

    async def test_anybody_gets_it(self) -> None:
        nobody = Api(self.site, "wrong")
        for path, kind, content in (
            ("/openapi.json", "application/json", DESCRIPTIONS.openapi),
            ("/api/api.yml", "application/x-yaml", DESCRIPTIONS.swagger),
        ):
            for headers in ({"X-Auth-Token": None}, {"Accept": "text/html"}, {}):
                answer = await nobody.call("GET", path, headers=headers)
                self.assertEqual((answer.status, answer.header("Content-Type")), (200, kind))
                self.assertEqual(answer.header("Access-Control-Allow-Origin"), "*")
                self.assertEqual(answer.text.encode(), content)
            head = await nobody.call("HEAD", path)
            self.assertEqual(
                (head.status, head.text, head.header("Content-Length")), (200, "", str(len(content)))
            )
            self.assertEqual((await nobody.call("OPTIONS", path)).status, 200)
            for method in ("POST", "PUT", "DELETE", "PATCH"):
                answer = await nobody.call(method, path)
                self.refused(answer, 405, "method-not-allowed")
                self.assertEqual(answer.header("Allow"), "GET, HEAD, OPTIONS")

    async def test_existing_tools_find_what_they_expect(self) -> None:
        document = yaml.safe_load((await self.api.get("/api/api.yml")).text)
        self.assertEqual((document["swagger"], document["basePath"]), ("2.0", "/api/provd/0.2"))
        self.assertIn("/dev_mgr/devices/{device_id}", document["paths"])

    async def test_the_names_of_parameters_are_those_that_there_are(self) -> None:
        listed = (await self.api.get("/configure")).json["params"]
        for told in (SWAGGER, OPENAPI):
            parameters = told["paths"]["/configure/{param_id}"]["put"]["parameters"]
            names = parameters[0].get("enum") or parameters[0]["schema"]["enum"]
            self.assertEqual([parameter["id"] for parameter in listed], names)
