"""What a tenant adds to the schema: custom security attributes and schema extensions. Definitions, not values."""

from functions.catalogue.model import NAME_ID, Fetch, ObjectType, Read, Relationship
from functions.catalogue.refusals import absent, refused

_SCOPE = "CustomSecAttributeDefinition.Read.All"
_OF_APPLICATIONS = "Application.Read.All"
_NAMED = r"\w{1,80}"  # attribute names may have letters of any language

ATTRIBUTE_SETS = ObjectType(
    key="attributeSets",
    title="Attribute sets",
    path="/directory/attributeSets",
    id_pattern=_NAMED,
    name="id",
    natural_keys=("id",),
    read_scopes=(_SCOPE,),
    tolerates=(*refused(_SCOPE), *absent()),
    read_only=frozenset({"id"}),
    unrestored="a set cannot be deleted, so there is nothing to bring back; change its description and limit by hand.",
    notes="The groups that custom security attributes come in. A Global Administrator may not see them by that role.",
)

CUSTOM_SECURITY_ATTRIBUTE_DEFINITIONS = ObjectType(
    key="customSecurityAttributeDefinitions",
    title="Custom security attributes",
    path="/directory/customSecurityAttributeDefinitions",
    id_pattern=_NAMED,
    natural_keys=("id",),
    name="id",
    read_scopes=(_SCOPE,),
    tolerates=(*refused(_SCOPE), *absent()),
    relationships=(
        Relationship(
            name="allowedValues",
            fetch=Fetch.EXPAND,
            contained=True,
            read_scopes=(_SCOPE,),
            notes="The values to choose from, the deactivated ones too.",
        ),
    ),
    read_only=frozenset({"attributeSet", "id", "isCollection", "isSearchable", "name", "type"}),
    depends_on=("attributeSets",),
    unrestored=(
        "a definition cannot be deleted, only deactivated: set status, usePreDefinedValuesOnly and the allowed values "
        "back by hand."
    ),
    notes=(
        "The definitions; the values that users and service principals have are with those. Whether Graph cuts an "
        "expanded list at 20 here too is unverified, so values that came with 20 or more are read again in full."
    ),
)

SCHEMA_EXTENSIONS = ObjectType(
    key="schemaExtensions",
    title="Schema extensions",
    path="/schemaExtensions",
    read=Read.CHILDREN,
    parent="/applications",
    parent_id="appId",
    filter="owner eq '{parent}'",
    bucket="schemaExtensions",
    id_pattern=NAME_ID,
    name="id",
    natural_keys=("id",),
    read_scopes=(_OF_APPLICATIONS,),
    tolerates=(*refused(_OF_APPLICATIONS), *absent()),
    read_only=frozenset({"id", "owner"}),
    references=("owner",),
    depends_on=("applications",),
    unrestored="the name of a deleted extension is not given again: create a new one and move the values.",
    notes=(
        "Only those that the tenant's own applications own: the plain list holds what every tenant has published. "
        "A definition that is deprecated can no longer be read, which looks like a deletion."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (ATTRIBUTE_SETS, CUSTOM_SECURITY_ATTRIBUTE_DEFINITIONS, SCHEMA_EXTENSIONS)
