"""GitHub's secrets: the command line's list, the REST API's pages."""

from __future__ import annotations

from antkey_scanner.inventory.stores.export import when


def test_only_a_change_is_told_by_the_command_line(read):
    sheet = read(
        [
            {"name": "ANTHROPIC_API_KEY", "updatedAt": "2026-05-06T07:08:09Z"},
            {"name": "PROD_API_20260101", "updatedAt": "2026-05-06T07:08:09Z"},
        ]
    )
    change, named = sheet.keys
    assert change.created_at == when("2026-05-06T07:08:09Z")
    assert change.age_from == "updatedAt (a change, which may be no rotation)"
    assert named.created_at == when("2026-01-01T00:00:00Z")
    assert {"created_by", "rotated_at"} <= set(change.unknown)


def test_creation_goes_before_a_change(read):
    entry = {
        "name": "ANTHROPIC_API_KEY",
        "created_at": "2025-08-10T14:59:22Z",
        "updated_at": "2026-01-10T14:59:22Z",
        "visibility": "selected",
        "selected_repositories_url": "https://api.github.com/orgs/acme/actions/secrets/X/repositories",
    }
    sheet = read({"total_count": 1, "secrets": [entry]})
    assert sheet.keys[0].created_at == when("2025-08-10T14:59:22Z")
    assert sheet.notes == ()
    assert read({"total_count": 31, "secrets": [entry]}).notes == (
        "incomplete: holds 1 of 31 secrets; list the other pages too",
    )


def test_other_lists_with_a_name_and_a_time_are_not_taken():
    from antkey_scanner.inventory import stores

    repositories = [{"name": "antkey", "updatedAt": "2026-05-06T07:08:09Z", "isFork": False}]
    variables = [{"name": "MODEL", "updatedAt": "2026-05-06T07:08:09Z", "value": "x"}]
    assert stores.read(repositories, "x.json", lambda _: 1) is None
    assert stores.read(variables, "x.json", lambda _: 1) is None
