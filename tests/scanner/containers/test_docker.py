"""Container images: each finding's path tells image, layer and file, whoever wrote the archive."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers.docker import image_names
from antkey_scanner.containers.zstd import library

Opener = Callable[..., Any]
Maker = Callable[..., str]
Files = Iterable[tuple[str, bytes]]

needs_skopeo = pytest.mark.skipif(not shutil.which("skopeo"), reason="needs skopeo")
ANY_POLICY = '{"default": [{"type": "insecureAcceptAnything"}]}'


def tar(files: Files) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def config(layers: list[bytes], key: str = "") -> bytes:
    return as_json(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Env": [f"ANTHROPIC_API_KEY={key}"], "Labels": {"stage": "test"}},
            "rootfs": {
                "type": "layers",
                "diff_ids": [f"sha256:{digest(layer)}" for layer in layers],
            },
            "history": [{"created_by": f"RUN layer {number}"} for number in range(len(layers))],
        }
    )


def saved(layers: list[bytes], tags: list[str] | None, key: str = "") -> bytes:
    """An archive as `docker save` wrote it before it knew OCI: the manifest comes last."""
    settings = config(layers, key)
    names = [f"{digest(layer)}/layer.tar" for layer in layers]
    manifest = [{"Config": f"{digest(settings)}.json", "RepoTags": tags, "Layers": names}]
    files = list(zip(names, layers, strict=True))
    return tar(
        [*files, (f"{digest(settings)}.json", settings), ("manifest.json", as_json(manifest))]
    )


def layout(layers: list[bytes], image: bytes, index: list[dict[str, Any]], *more: bytes) -> Files:
    """The files of an OCI layout."""
    blobs = [image, *layers, *more]
    return [
        *((f"./blobs/sha256/{digest(blob)}", blob) for blob in blobs),
        ("./index.json", as_json({"schemaVersion": 2, "manifests": index})),
        ("./oci-layout", b'{"imageLayoutVersion": "1.0.0"}'),
    ]


def described(data: bytes, **fields: Any) -> dict[str, Any]:
    return {"digest": f"sha256:{digest(data)}", "size": len(data), **fields}


def test_finding_names_image_layer_and_file(walked: Opener, make_key: Maker) -> None:
    keys = [make_key(), make_key()]
    layers = [tar([("etc/app.env", keys[0].encode())]), tar([("etc/.wh.app.env", b"")])]
    found = walked(saved(layers, ["shop/app:1.0", "shop/app:latest"], keys[1]))
    first = digest(layers[0])[:12]
    assert found.holding(keys[0]) == [f"!/shop/app:1.0!/layer-1-{first}!/etc/app.env"]
    assert found.holding(keys[1]) == ["!/shop/app:1.0!/config.json"]
    assert found.skips == []


def test_image_without_a_tag_is_called_by_its_short_id(walked: Opener, make_key: Maker) -> None:
    key = make_key()
    layers = [tar([("app.env", key.encode())])]
    short = digest(config(layers))[:12]
    assert walked(saved(layers, None)).holding(key) == [
        f"!/{short}!/layer-1-{digest(layers[0])[:12]}!/app.env"
    ]


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: library().compress(data), bytes])
def test_layers_of_a_layout_may_be_packed(
    walked: Opener, make_key: Maker, pack: Callable[[bytes], bytes]
) -> None:
    key = make_key()
    layer = pack(tar([("srv/app.env", key.encode())]))
    settings = config([layer])
    image = as_json({"config": described(settings), "layers": [described(layer)]})
    names = {"org.opencontainers.image.ref.name": "1.0"}
    data = tar(layout([layer], image, [described(image, annotations=names)], settings))
    assert walked(data).holding(key) == [f"!/1.0!/layer-1-{digest(layer)[:12]}!/srv/app.env"]


def test_image_for_several_platforms_names_them(walked: Opener, make_key: Maker) -> None:
    keys = [make_key(), make_key()]
    layers = [tar([("a", key.encode())]) for key in keys]
    settings = config(layers)
    images = [as_json({"config": described(settings), "layers": [described(x)]}) for x in layers]
    platforms = [
        {"os": "linux", "architecture": "amd64"},
        {"os": "linux", "architecture": "arm64", "variant": "v8"},
    ]
    pairs = zip(images, platforms, strict=True)
    nested = as_json({"manifests": [described(image, platform=each) for image, each in pairs]})
    names = {"io.containerd.image.name": "registry.example.com/app:2"}
    top = [described(nested, annotations=names)]
    found = walked(tar(layout(layers, images[0], top, images[1], nested, settings)))
    paths = [found.holding(key)[0] for key in keys]
    assert paths[0].startswith("!/registry.example.com/app:2 (linux/amd64)!/layer-1-")
    assert paths[1].startswith("!/registry.example.com/app:2 (linux/arm64/v8)!/layer-1-")


def test_layer_that_two_images_share_is_read_once(walked: Opener, make_key: Maker) -> None:
    key = make_key()
    shared = tar([("a", key.encode())])
    settings = config([shared])
    name = f"{digest(shared)}/layer.tar"
    images = [
        {"Config": "one.json", "RepoTags": ["app:1"], "Layers": [name]},
        {"Config": "two.json", "RepoTags": ["app:2"], "Layers": [name]},
    ]
    files = [(name, shared), ("one.json", settings), ("manifest.json", as_json(images))]
    found = walked(tar(files))
    assert len(found.holding(key)) == 1
    assert found.holding(key)[0].startswith("!/app:1!/layer-1-")


def test_stream_keeps_plain_names(walked: Opener, make_key: Maker) -> None:
    key = make_key()
    layers = [tar([("app.env", key.encode())])]
    found = walked(gzip.compress(saved(layers, ["app:1"])))
    assert found.holding(key) == [f"!/{digest(layers[0])}/layer.tar!/app.env"]


def test_plain_tar_with_a_manifest_keeps_its_names(walked: Opener) -> None:
    found = walked(tar([("a.txt", b"text"), ("manifest.json", b'[{"Layers": ["a.txt"]}]')]))
    assert {"!/a.txt", "!/manifest.json"} <= set(found.members)


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[" * 100_000,
        b"[1, null, {}]",
        b'{"Layers": 5}',
        b'[{"Config": 5, "RepoTags": [5], "Layers": [5, {"a": 1}]}]',
        b'[{"Config": ["x"], "RepoTags": {"a": 1}, "Layers": "abc"}]',
        b"\xff\xfe",
    ],
)
def test_broken_manifest_leaves_plain_names(walked: Opener, manifest: bytes) -> None:
    data = tar([("blobs/sha256/x", b"layer"), ("manifest.json", manifest)])
    assert walked(data).members["!/blobs/sha256/x"] == b"layer"


def test_index_that_refers_to_itself_ends() -> None:
    index = {"manifests": [{"digest": "sha256:a"}, {"digest": "sha256:a"}]}
    files = {"index.json": as_json(index), "blobs/sha256/a": as_json(index)}
    assert image_names(files.get) == {}


KEYS = ["manifests", "digest", "layers", "config", "annotations", "platform", "Config", "RepoTags"]


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)


@given(st.recursive(st.none() | st.text(max_size=5) | st.integers(), nested, max_leaves=20))
def test_any_json_gives_names(value: object) -> None:
    image_names(lambda _: as_json(value))


@needs_skopeo
@pytest.mark.parametrize("kind", ["docker-archive", "oci-archive"])
def test_archive_written_by_skopeo_is_named(
    walked: Opener, make_key: Maker, tmp_path: Path, kind: str
) -> None:
    key, deleted = make_key(), make_key()
    layers = [
        tar([("etc/app.env", deleted.encode()), ("srv/x", b"x")]),
        tar([("etc/.wh.app.env", b""), ("srv/y", key.encode())]),
    ]
    (tmp_path / "in.tar").write_bytes(saved(layers, ["shop/app:1.0"]))
    (tmp_path / "policy.json").write_text(ANY_POLICY)
    target = f"{kind}:{tmp_path / 'out.tar'}:" + ("shop/app:1.0" if kind[0] == "d" else "1.0")
    source = f"docker-archive:{tmp_path / 'in.tar'}"
    command = ["skopeo", "--policy", str(tmp_path / "policy.json"), "--tmpdir", str(tmp_path)]
    subprocess.run([*command, "copy", "-q", source, target], check=True, capture_output=True)
    found = walked((tmp_path / "out.tar").read_bytes())
    (first,), (second,) = found.holding(deleted), found.holding(key)
    image = "docker.io/shop/app:1.0" if kind[0] == "d" else "1.0"
    assert first.startswith(f"!/{image}!/layer-1-")
    assert first.endswith("!/etc/app.env")
    assert second.startswith(f"!/{image}!/layer-2-")
    assert [skip for skip in found.skips if skip.counts] == []
