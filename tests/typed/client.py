"""Microsoft's typed client against a tenant, with the JSON that each of its models was made of.

In: the tenant's URL, or answers of its own; a path as the catalogue writes it; query options. Out: an `Answer`. The
path is walked through the client's own request builders: a segment is the builder's attribute in snake case, an id its
`by_…` method. Where v1.0 has no such builder, the request goes through the client's adapter, for the model named.
"""

import inspect
import json
import re
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import AdditionalDataHolder, Parsable, ParseNode, SerializationWriter
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.directory_objects.get_available_extension_properties.get_available_extension_properties_post_request_body import (  # noqa: E501
    GetAvailableExtensionPropertiesPostRequestBody,
)
from msgraph.generated.models.entity import Entity
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_core import GraphClientFactory

type Query = dict[str, str | int | Sequence[str]]


OF_ENTITY = Entity.get_field_deserializers


def fields_of_entity(entity: Entity) -> dict[str, Callable[[ParseNode], None]]:
    """What OF_ENTITY answers. That imports all 1,200 models each time that any object is read, and uses none of them:
    it took two thirds of the time of these tests."""
    return {
        "id": lambda node: setattr(entity, "id", node.get_str_value()),
        "@odata.type": lambda node: setattr(entity, "odata_type", node.get_str_value()),
    }


Entity.get_field_deserializers = fields_of_entity


class NoBuilder(Exception):
    """v1.0 of the client has no request builder for the path."""


class Refused(Exception):
    """403: not for this caller."""


@dataclass
class Answer:
    """A body, and what the client read in it. `model` is None where the answer was "none" (404)."""

    body: dict[str, Any]
    model: Any

    @property
    def objects(self) -> list[tuple[dict[str, Any], Any]]:
        """Each object with its model: those of a page, or the only one."""
        if self.model is None:
            return []
        if "value" in self.body and hasattr(self.model, "value"):
            return list(zip(self.body["value"], self.model.value, strict=True))
        return [(self.body, self.model)]


class Client:
    """The client in both versions: v1.0 as it comes, beta as the same builders under another root."""

    def __init__(self, url: str, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._last: dict[str, Any] = {}
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            event_hooks={"response": [self._keep]},
            transport=transport,
            trust_env=False,
            timeout=30,
        )
        self._pools = [self._http._transport]  # the SDK wraps it in a transport whose aclose does nothing
        GraphClientFactory.create_with_default_middleware(client=self._http)
        self._versions = {version: self._rooted(f"{url}/{version}") for version in ("v1.0", "beta")}

    def _rooted(self, root: str) -> GraphServiceClient:
        adapter = GraphRequestAdapter(AnonymousAuthenticationProvider(), self._http)
        client = GraphServiceClient(request_adapter=adapter)
        adapter.base_url = root
        client.path_parameters["baseurl"] = root
        return client

    async def _keep(self, response: httpx.Response) -> None:
        self._last = json.loads(await response.aread() or b"{}")

    async def extension_properties(self) -> dict[str, list[str]]:
        """The tenant's directory extension properties, by what they are for."""
        found: dict[str, list[str]] = defaultdict(list)
        body = GetAvailableExtensionPropertiesPostRequestBody()
        page = await builder(self._versions["v1.0"], "/directoryObjects/getAvailableExtensionProperties").post(body)
        for one in page.value:
            for target in one.target_objects:
                found[target].append(one.name)
        return found

    async def get(self, path: str, query: Query, *, api: str, model: Callable[[], type[Parsable]]) -> Answer:
        """Reads a path; `model` says what its objects are where the client has no builder for it."""
        client = self._versions[api]
        try:
            try:
                read = await _get(builder(client, path), query)
            except NoBuilder:
                read = await _get_as(client, path, query, model())
        except ODataError as error:
            if error.response_status_code == 404:
                return Answer(self._last, None)
            if error.response_status_code == 403:
                raise Refused(path) from error
            raise AssertionError(f"{path} {query}: {error.error and error.error.message}") from error
        return Answer(self._last, read)

    async def aclose(self) -> None:
        await self._http.aclose()
        for pool in self._pools:
            await pool.aclose()


def snake(segment: str) -> str:
    """`identitySynchronization` → `identity_synchronization`, `microsoft.graph.user` → `graph_user`."""
    name = segment.removeprefix("microsoft.").replace(".", "_")
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def builder(client: GraphServiceClient, path: str) -> Any:
    """The request builder of a path."""
    found: Any = client
    with warnings.catch_warnings():
        # each module of builders warns, when it is imported, of deprecated classes of its own
        warnings.simplefilter("ignore", DeprecationWarning)
        for segment in path.strip("/").split("/"):
            found = _below(found, segment)
    return found


def _below(found: Any, segment: str) -> Any:
    offered = [name for name in dir(type(found)) if not name.startswith("_")]
    if (name := snake(segment)) in offered:
        return getattr(found, name)
    by_id = [name for name in offered if name.startswith("by_")]
    if len(by_id) != 1 or segment.startswith("microsoft.graph."):
        raise NoBuilder(segment)
    return getattr(found, by_id[0])(segment)


async def _get(found: Any, query: Query) -> Any:
    if not hasattr(found, "get"):
        raise NoBuilder(type(found).__name__)
    parameters = getattr(type(found), f"{type(found).__name__}GetQueryParameters")
    known = inspect.get_annotations(parameters).keys()
    assert query.keys() <= known, f"{type(found).__name__} does not take {query.keys() - known}"
    return await found.get(request_configuration=RequestConfiguration(query_parameters=parameters(**query)))


async def _get_as(client: GraphServiceClient, path: str, query: Query, model: type[Parsable]) -> Any:
    request = RequestInformation(Method.GET)
    values = {f"${name}": value if isinstance(value, str | int) else ",".join(value) for name, value in query.items()}
    adapter = client.request_adapter
    request.url = f"{adapter.base_url}{path}?{urlencode(values, quote_via=quote, safe='$,()')}"
    return await adapter.send_async(request, _OneOrPage(model), {"XXX": ODataError})


class _OneOrPage:
    """Makes a model of an object, or a page of them, whichever was answered."""

    def __init__(self, model: type[Parsable]) -> None:
        self._model = model

    def create_from_discriminator_value(self, node: ParseNode) -> Parsable:
        if node.get_child_node("value") is None:
            return self._model.create_from_discriminator_value(node)
        return _Page(self._model)


class _Page(Parsable, AdditionalDataHolder):
    """A page of a type for which the client has no page."""

    def __init__(self, model: type[Parsable]) -> None:
        self._model = model
        self.value: list[Parsable] = []
        self.additional_data = {}

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        return {"value": lambda node: setattr(self, "value", node.get_collection_of_object_values(self._model))}

    def serialize(self, writer: SerializationWriter) -> None:
        raise AssertionError("A page is only read")

    @staticmethod
    def create_from_discriminator_value(parse_node: ParseNode) -> "_Page":
        raise AssertionError("Made by _OneOrPage")
