"""AWS Secrets Manager: both ways of writing times, versions, deletion, lists that were cut."""

from __future__ import annotations

from antkey_scanner.inventory.stores.export import when

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/anthropic-AbCdEf"


def described(**fields: object) -> dict[str, object]:
    return {
        "ARN": ARN,
        "Name": "prod/anthropic",
        "Description": "key of the gateway",
        "RotationEnabled": False,
        "LastChangedDate": "2026-10-01T09:00:00.123000+02:00",
        "LastAccessedDate": "2026-11-19T00:00:00+00:00",
        "Tags": [{"Key": "Environment", "Value": "prod"}, {"Key": "app", "Value": "gateway"}],
        "VersionIdsToStages": {"1a2b3c4d-1111-2222-3333-444455556666": ["AWSCURRENT"]},
        "CreatedDate": "2026-01-02T03:04:05.678000+00:00",
    } | fields


def test_age_counts_from_the_creation_of_the_secret_and_not_from_a_change(only):
    key = only(described())
    assert key.created_at == when("2026-01-02T03:04:05.678Z")
    assert "CreatedDate" in key.age_from
    assert key.rotated_at is None


def test_last_rotation_goes_before_creation(only):
    key = only(described(LastRotatedDate="2026-09-01T00:00:00+00:00"))
    assert key.created_at == key.rotated_at == when("2026-09-01T00:00:00Z")
    assert key.age_from == "LastRotatedDate"


def test_a_mere_change_is_called_one(only):
    document = described()
    del document["CreatedDate"]
    key = only(document)
    assert key.age_from == "LastChangedDate (a change, which may be no rotation)"


def test_times_in_seconds_are_exact_to_the_microsecond(only):
    key = only(described(CreatedDate=1767323045.678, LastChangedDate=1767323046))
    assert key.created_at == 1_767_323_045_678_000


def test_fields_are_read(only):
    key = only(described())
    assert (key.id, key.name, key.origin) == (ARN, "prod/anthropic", "store")
    assert (key.environment, key.service) == ("prod", "gateway")
    assert key.last_used_at == when("2026-11-19T00:00:00Z")
    assert key.version == "1a2b3c4d-1111-2222-3333-444455556666"
    assert key.place == ("export.json", 7)


def test_a_version_that_was_replaced_by_hand_leaves_the_rotation_unknown(only):
    key = only(described(VersionIdsToStages={"a": ["AWSPREVIOUS"], "b": ["AWSCURRENT"]}))
    assert key.version == "b"
    assert "rotated_at" in key.unknown
    assert "rotated_at" in only(described(VersionIdsToStages=None)).unknown
    assert "rotated_at" not in only(described()).unknown


def test_a_secret_that_is_being_deleted_is_archived(only):
    assert only(described(DeletedDate="2026-11-01T00:00:00+00:00")).status == "archived"


def test_a_list_is_read_and_its_cut_end_noted(read):
    entry = described()
    entry["SecretVersionsToStages"] = entry.pop("VersionIdsToStages")
    sheet = read({"SecretList": [entry, entry | {"Name": "other"}], "NextToken": "eyJ="})
    assert [key.name for key in sheet.keys] == ["prod/anthropic", "other"]
    assert [note[:12] for note in sheet.notes] == ["incomplete: "]
    assert read({"SecretList": [entry]}).notes == ()


def test_list_of_described_secrets_is_read(read):
    assert len(read([described(), described(Name="other")]).keys) == 2


def test_the_current_version_gives_the_age(only):
    key = only(
        {
            "Versions": [
                {
                    "VersionId": "old",
                    "VersionStages": ["AWSPREVIOUS"],
                    "CreatedDate": 1767323045.5,
                    "LastAccessedDate": 1767312000.0,
                },
                {
                    "VersionId": "new",
                    "VersionStages": ["AWSCURRENT"],
                    "LastAccessedDate": 1790000000,
                    "CreatedDate": 1780000000.25,
                },
            ],
            "ARN": ARN,
            "Name": "prod/anthropic",
        }
    )
    assert key.created_at == key.rotated_at == 1_780_000_000_250_000
    assert key.last_used_at == 1_790_000_000_000_000
    assert key.version == "new"
    assert "AWSCURRENT" in key.age_from


def test_the_first_version_was_never_rotated(only):
    version = {"VersionId": "v", "VersionStages": ["AWSCURRENT"], "CreatedDate": 1780000000}
    key = only({"Versions": [version], "ARN": ARN, "Name": "x"})
    assert key.rotated_at is None
    assert "rotated_at" not in key.unknown


def test_only_deprecated_versions_are_listed_as_well(only):
    # Without --include-deprecated they are left out, with it they stand in the list too.
    versions = [
        {"VersionId": "a", "CreatedDate": 1770000000},
        {"VersionId": "b", "VersionStages": ["AWSCURRENT"], "CreatedDate": 1780000000},
    ]
    assert only({"Versions": versions, "ARN": ARN, "Name": "x"}).version == "b"


def test_problems_tell_places_and_never_values(problems):
    broken = described(CreatedDate="2026-01-02T03:04:05", LastRotatedDate="yesterday-ish", Name=5)
    found = problems({"SecretList": [broken, "what"]})
    assert found == [
        "export.json:2: SecretList holds what is no mapping; export it again",
        "export.json:3: CreatedDate has no UTC offset; export it again",
        "export.json:3: LastRotatedDate is no time; export it again",
        "export.json:3: Name is no string; export it again",
    ]


def test_a_list_of_versions_without_a_current_one_is_an_error(problems):
    assert problems({"Versions": [], "ARN": ARN, "Name": "x"}) == [
        "export.json:1: Versions has none that is AWSCURRENT; export it again"
    ]
