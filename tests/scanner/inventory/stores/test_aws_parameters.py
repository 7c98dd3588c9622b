"""AWS Parameter Store: versions, expiration policies, dates in names."""

from __future__ import annotations

from antkey_scanner.inventory.stores.export import when


def parameter(**fields: object) -> dict[str, object]:
    return {
        "Name": "/prod/anthropic/api-key",
        "ARN": "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/anthropic/api-key",
        "Type": "SecureString",
        "KeyId": "alias/aws/ssm",
        "LastModifiedDate": "2026-05-06T07:08:09.100000+00:00",
        "LastModifiedUser": "arn:aws:iam::123456789012:user/ann",
        "Version": 3,
        "Tier": "Advanced",
        "Policies": [],
        "DataType": "text",
    } | fields


def test_a_change_is_called_one_and_its_version_named(only):
    key = only({"Parameters": [parameter()]})
    assert key.created_at == when("2026-05-06T07:08:09.1Z")
    assert key.age_from == "LastModifiedDate of version 3 (a change, which may be no rotation)"
    assert (key.version, key.rotated_at) == ("3", key.created_at)


def test_an_older_date_in_the_name_goes_before_a_change(only):
    key = only({"Parameters": [parameter(Name="/prod/prod-api-2026-01-31")]})
    assert key.created_at == when("2026-01-31T00:00:00Z")
    assert key.age_from == "the date in its name"
    later = only({"Parameters": [parameter(Name="/prod/prod-api-2026-10-31")]})
    assert later.created_at == when("2026-05-06T07:08:09.1Z")


def test_the_first_version_was_never_rotated(only):
    assert only({"Parameters": [parameter(Version=1)]}).rotated_at is None


def test_an_expiration_policy_is_read(only):
    text = '{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2026-12-02T21:34:33.000Z"}}'
    policies = [
        {"PolicyText": "{}", "PolicyType": "NoChangeNotification", "PolicyStatus": "Pending"},
        {"PolicyText": text, "PolicyType": "Expiration", "PolicyStatus": "Pending"},
    ]
    key = only({"Parameters": [parameter(Policies=policies)]})
    assert key.expires_at == when("2026-12-02T21:34:33Z")


def test_a_policy_that_tells_no_time_is_an_error(problems):
    policies = [{"PolicyText": "[", "PolicyType": "Expiration"}]
    assert problems({"Parameters": [parameter(Policies=policies)]}) == [
        "export.json:5: PolicyText tells no time of expiration; export it again"
    ]


def test_of_a_history_the_newest_version_counts(only):
    history = [parameter(Version=2, LastModifiedDate=1770000000.0), parameter(Version=10)]
    assert only({"Parameters": history}).version == "10"
    assert only({"Parameters": history[::-1]}).version == "10"


def test_a_cut_list_is_noted(read):
    assert read({"Parameters": [parameter()], "NextToken": "x"}).notes[0].startswith("incomplete: ")


def test_cloudformation_templates_parameters_are_none(read):
    from antkey_scanner.inventory import stores

    template = {"Parameters": {"Key": {"Type": "String"}}, "Resources": {}}
    assert stores.read(template, "t.json", lambda _: 1) is None
