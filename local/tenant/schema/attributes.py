"""Kinds of custom security attributes and schema extensions. Values of attributes are properties of their objects."""

from local.tenant.schema.model import Held, Kind, LinkRule, links
from local.tenant.schema.notation import table, types

_READS = ("CustomSecAttributeDefinition.Read.All",)
_WRITES = ("CustomSecAttributeDefinition.ReadWrite.All",)
_READ_ONLY: frozenset[str] = frozenset()

COMPLEX = types(
    {
        "extensionSchemaProperty": """
            name string
            type string"""
    }
)

ATTRIBUTE_SET = Kind(
    name="attributeSet",
    collection="attributeSets",
    path="/directory/attributeSets",
    keys=("id",),
    query=frozenset({"$select", "$top", "$orderby"}),  # page sizes are not documented: 100 and 999
    methods=frozenset({"POST", "PATCH"}),
    writes_with=_WRITES,
    required=("id",),
    reads=_READS,
    properties=table("""
        id string create
        description string?
        maxAttributesPerSet int?
    """),
)

CUSTOM_SECURITY_ATTRIBUTE_DEFINITION = Kind(
    name="customSecurityAttributeDefinition",
    collection="customSecurityAttributeDefinitions",
    path="/directory/customSecurityAttributeDefinitions",
    query=frozenset({"$select", "$top", "$expand", "$filter"}),
    methods=frozenset({"POST", "PATCH"}),
    writes_with=_WRITES,
    required=("attributeSet", "isCollection", "isSearchable", "name", "status", "type", "usePreDefinedValuesOnly"),
    reads=_READS,
    properties=table("""
        id string ro
        attributeSet string create
        description string?
        isCollection bool create
        isSearchable bool create
        name string create
        status string
        type string create
        usePreDefinedValuesOnly bool
    """),
    links=links(LinkRule(name="allowedValues", to=("allowedValue",), held=Held.CONTAINED, deep=True)),
)

ALLOWED_VALUE = Kind(
    name="allowedValue",
    collection="allowedValues",
    path="",
    parents=("/directory/customSecurityAttributeDefinitions/{id}/allowedValues",),
    query=frozenset({"$select", "$filter"}),
    methods=frozenset({"POST", "PATCH"}),
    writes_with=_WRITES,
    required=("id", "isActive"),
    reads=_READS,
    keys=("id",),
    properties=table("""
        id string create
        isActive bool
    """),
)

SCHEMA_EXTENSION = Kind(
    name="schemaExtension",
    collection="schemaExtensions",
    path="/schemaExtensions",
    keys=("id",),
    query=frozenset({"$select", "$filter", "$top"}),  # page sizes are not documented: 100 and 999
    methods=_READ_ONLY,
    reads=("Application.Read.All",),
    bucket="schemaExtensions",
    properties=table("""
        id string create
        description string?
        owner string create
        properties extensionSchemaProperty[] set
        status string
        targetTypes string[] set
    """),
)

KINDS = (ATTRIBUTE_SET, CUSTOM_SECURITY_ATTRIBUTE_DEFINITION, ALLOWED_VALUE, SCHEMA_EXTENSION)
