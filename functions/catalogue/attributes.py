"""What a tenant adds to the schema: custom security attributes and schema extensions. Definitions, not values."""

from functions.catalogue.model import NAME_ID, Fetch, Lost, ObjectType, Read, Relationship, Restore, Stage
from functions.catalogue.refusals import absent, refused

_SCOPE = "CustomSecAttributeDefinition.Read.All"
_WRITE = ("CustomSecAttributeDefinition.ReadWrite.All",)
_OF_APPLICATIONS = "Application.Read.All"
_FIXED = frozenset({"attributeSet", "isCollection", "isSearchable", "name", "type"})  # when it is made, and for good
_CHANGING = frozenset({"description", "status", "usePreDefinedValuesOnly"})
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
    restore=Restore(
        collection="/directory/attributeSets",
        create=frozenset({"description", "id", "maxAttributesPerSet"}),
        update=frozenset({"description", "maxAttributesPerSet"}),
        required=frozenset({"id"}),
        stage=Stage.ATTRIBUTES,
        keeps_id=True,
        write_scopes=_WRITE,
        lost=(
            Lost(
                what="Sets that were not in the backup",
                why="Graph does not delete an attribute set.",
                todo="Deactivate the attributes in it.",
                planned=False,
            ),
        ),
    ),
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
            restorable=True,  # all values in one change of the definition, because their names may hold any letter
            read_scopes=(_SCOPE,),
            notes="The values to choose from, the deactivated ones too.",
        ),
    ),
    read_only=frozenset({"id"}),
    depends_on=("attributeSets",),
    restore=Restore(
        collection="/directory/customSecurityAttributeDefinitions",
        create=_FIXED | _CHANGING,
        update=_CHANGING,
        required=_FIXED | {"status", "usePreDefinedValuesOnly"},
        stage=Stage.ATTRIBUTES,
        keeps_id=True,
        write_scopes=_WRITE,
        lost=(
            Lost(
                what="Attributes and values that were not in the backup",
                why="Graph deletes neither a definition nor one of its values.",
                todo="Deactivate them: status Deprecated, isActive false.",
                planned=False,
            ),
        ),
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
    unrestored=(
        "only the application that owns a schema extension may change it or make it again: sign in as that "
        "application, add what the record has besides (Graph takes additions alone), or create a new extension and "
        "move the values to it."
    ),
    notes=(
        "Only those that the tenant's own applications own: the plain list holds what every tenant has published. "
        "A definition that is deprecated can no longer be read, which looks like a deletion."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (ATTRIBUTE_SETS, CUSTOM_SECURITY_ATTRIBUTE_DEFINITIONS, SCHEMA_EXTENSIONS)
