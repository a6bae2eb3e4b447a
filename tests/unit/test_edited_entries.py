"""Entries of pull secrets are edited in the text, whatever that looks like, or refused in one line."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from pullsecret.errors import RefusedError
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.images.edited_entries import LARGEST_SECRET, EntryEdits, edited_config, edited_secret
from pullsecret.model.objects.objects import merged, text_at

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object


def entry(server: str, username: str, word: str) -> RegistryEntry:
    """An entry for a registry."""
    return RegistryEntry(server=server, username=username, password=word)


NEW, OTHER = entry("us.icr.io", "u", "p"), entry("de.icr.io", "u", "q")
U_P, U_Q, X_Y = (
    f'{{"username":"{name}","password":"{word}","auth":"{auth}"}}'
    for name, word, auth in (("u", "p", "dTpw"), ("u", "q", "dTpx"), ("x", "y", "eDp5"))
)

ADDED = {
    "nothing": ("", f'{{"auths":{{"us.icr.io":{U_P}}}}}'),
    "null": (" null ", f'{{"auths":{{"us.icr.io":{U_P}}}}}'),
    "no auths": ('{"a":1}', f'{{"a":1,"auths":{{"us.icr.io":{U_P}}}}}'),
    "no auths, spaced": ('{ "a":1 ,  "b":2\n}', f'{{ "a":1 ,  "b":2 ,  "auths":{{"us.icr.io":{U_P}}}\n}}'),
    "empty auths": ('{"auths":{ \n}}', f'{{"auths":{{"us.icr.io":{U_P} \n}}}}'),
    "null auths": ('{"auths":null}', f'{{"auths":null,"auths":{{"us.icr.io":{U_P}}}}}'),
    "auths emptied by null": (
        f'{{"auths":{{"us.icr.io":{U_P}}},"auths":null}}',
        f'{{"auths":{{"us.icr.io":{U_P}}},"auths":null,"auths":{{"us.icr.io":{U_P}}}}}',
    ),
    "two auths": (
        f'{{"auths":{{"a.io":{X_Y}}},"Auths":{{"b.io":{X_Y}}}}}',
        f'{{"auths":{{"a.io":{X_Y}}},"Auths":{{"b.io":{X_Y},"us.icr.io":{U_P}}}}}',
    ),
    "in the first of two auths": (
        f'{{"auths":{{"us.icr.io":{X_Y}}},"auths":{{"b.io":{X_Y}}}}}',
        f'{{"auths":{{"us.icr.io":{U_P}}},"auths":{{"b.io":{X_Y}}}}}',
    ),
    "leftover of .dockercfg": (
        f'{{"us.icr.io":{X_Y}}}',
        f'{{"us.icr.io":{X_Y},"auths":{{"us.icr.io":{U_P}}}}}',
    ),
    "null entry": ('{"auths":{"us.icr.io":null}}', f'{{"auths":{{"us.icr.io":{U_P}}}}}'),
    "same name twice": (
        f'{{"auths":{{"us.icr.io":{X_Y},"us.icr.io":{{}}}}}}',
        f'{{"auths":{{"us.icr.io":{U_P},"us.icr.io":{U_P}}}}}',
    ),
    "two spellings": (
        f'{{"auths":{{"https://us.icr.io":{X_Y},"us.icr.io":{X_Y}}}}}',
        f'{{"auths":{{"https://us.icr.io":{U_P},"us.icr.io":{U_P}}}}}',
    ),
    "escaped name": (f'{{"auths":{{"us\\u002eicr.io" : {X_Y}}}}}', f'{{"auths":{{"us\\u002eicr.io" : {U_P}}}}}'),
    "there already, with more": (
        '{"auths":{"us.icr.io":{"auth":"dTpw", "x":1}}}',
        '{"auths":{"us.icr.io":{"auth":"dTpw", "x":1}}}',
    ),
    "another port": (
        f'{{"auths":{{"us.icr.io:443":{X_Y}}}}}',
        f'{{"auths":{{"us.icr.io:443":{X_Y},"us.icr.io":{U_P}}}}}',
    ),
    "a path below": (
        f'{{"auths":{{"us.icr.io/a":{X_Y}}}}}',
        f'{{"auths":{{"us.icr.io/a":{X_Y},"us.icr.io":{U_P}}}}}',
    ),
    "deeper than Python reads": (
        f'{{"x":{"[" * 5000}{"]" * 5000},"auths":{{}}}}',
        f'{{"x":{"[" * 5000}{"]" * 5000},"auths":{{"us.icr.io":{U_P}}}}}',
    ),
}


@pytest.mark.parametrize("name", ADDED)
def test_entry_is_added_or_replaced(name: str) -> None:
    """In the place where the kubelet reads it, and nowhere else."""
    before, after = ADDED[name]
    assert edited_config(before.encode(), EntryEdits(added=(NEW,)), is_legacy=False).decode() == after


REMOVED = {
    "the first": (f'{{"auths":{{ "us.icr.io":{X_Y} , "b.io":#}}}}', '{"auths":{ "b.io":#}}'),
    "the last": (f'{{"auths":{{"b.io":# ,\n"us.icr.io":{X_Y}\n}}}}', '{"auths":{"b.io":#\n}}'),
    "the only one": (f'{{"auths":{{ "us.icr.io":{X_Y} }}}}', '{"auths":{  }}'),
    "between": (f'{{"auths":{{"a.io":#, "us.icr.io":{X_Y},\t"b.io":#}}}}', '{"auths":{"a.io":#, "b.io":#}}'),
    "each spelling": (
        f'{{"auths":{{"us.icr.io":{X_Y},"a.io":#,"https://us.icr.io":{X_Y},"http://us.icr.io/v2/":#}}}}',
        '{"auths":{"a.io":#}}',
    ),
    "not a path below": ('{"auths":{"us.icr.io/a":#,"us.icr.io":#}}', '{"auths":{"us.icr.io/a":#}}'),
    "not a leftover": ('{"us.icr.io":{},"auths":{"us.icr.io":#}}', '{"us.icr.io":{},"auths":{}}'),
    "absent": ('{"auths":{"a.io":#}}', '{"auths":{"a.io":#}}'),
}


@pytest.mark.parametrize("name", REMOVED)
def test_entry_is_removed(name: str) -> None:
    """With one comma, and the whitespace that belongs to it."""
    before, after = (text.replace("#", "{}") for text in REMOVED[name])
    assert edited_config(before.encode(), EntryEdits(removed=("us.icr.io",)), is_legacy=False).decode() == after


def test_last_entry_makes_room_for_new_ones() -> None:
    """What is added goes to the place of what is removed, if nothing else is there."""
    edits = EntryEdits(added=(NEW, OTHER), removed=("b.io",))
    after = edited_config(b'{"auths":{ "b.io":{} }}', edits, is_legacy=False).decode()
    assert after == f'{{"auths":{{ "us.icr.io":{U_P},"de.icr.io":{U_Q} }}}}'


def test_spelling_that_is_there_comes_first() -> None:
    """Two new entries that mean the same to the kubelet take the places with their spelling."""
    second = entry("https://us.icr.io", "x", "y")
    before = b'{"auths":{"https://us.icr.io":{},"us.icr.io":{}}}'
    after = edited_config(before, EntryEdits(added=(NEW, second)), is_legacy=False).decode()
    assert after == f'{{"auths":{{"https://us.icr.io":{X_Y},"us.icr.io":{U_P}}}}}'


def test_legacy_secret_has_no_auths() -> None:
    """The whole document is the map of registries."""
    before = secret(f'{{ "auths":{X_Y}, "b.io":{X_Y} }}'.encode(), is_legacy=True)
    after = edited_secret(before, EntryEdits(added=(NEW,), removed=("b.io",)))
    assert data_of(after, is_legacy=True).decode() == f'{{ "auths":{X_Y}, "us.icr.io":{U_P} }}'


MALFORMED = {
    "byte order mark": (b'\xef\xbb\xbf{"auths":{}}', "invalid character"),
    "cut off": (b'{"auths":{', "unexpected end of JSON input"),
    "another type": (b'{"auths":[]}', "cannot unmarshal array"),
    "bad entry": (b'{"auths":{"a.io":{"auth":"dXNlcg=="}}}', "unable to parse auth field"),
    "two documents": (b"{}{}", "after top-level value"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_secret_is_refused(name: str) -> None:
    """In one line that does not show what is in it."""
    data, reason = MALFORMED[name]
    with pytest.raises(RefusedError, match=reason) as refused:
        edited_secret(secret(data), EntryEdits(added=(NEW,)))
    assert refused.value.message.startswith('secrets "pull-secret" in namespace openshift-config is malformed (')
    assert "\n" not in refused.value.message


def test_secret_is_never_too_large() -> None:
    """All of its data counts, and one byte less fits."""
    room = LARGEST_SECRET - len(f'{{"auths":{{"us.icr.io":{U_P}}}}}')
    for more in (0, 1):
        filling = base64.b64encode(b"x" * (room + more)).decode()
        full = merged(secret(b'{"auths":{}}'), {"data": {"other": filling}})
        if more:
            with pytest.raises(RefusedError, match="would have 1,048,577 bytes of data"):
                edited_secret(full, EntryEdits(added=(NEW,)))
        else:
            assert text_at(edited_secret(full, EntryEdits(added=(NEW,))), "data", "other") == filling


def test_bytes_that_are_no_text_stay() -> None:
    """Go accepts them, so they are not this program's to change."""
    before = b'{"\xff":"\xfe","auths":{"\xfd":{"note":"\xc0"}}}'
    after = edited_config(before, EntryEdits(added=(NEW,)), is_legacy=False)
    assert after == before[:-2] + f',"us.icr.io":{U_P}'.encode() + b"}}"


def secret(data: bytes, *, is_legacy: bool = False) -> Object:
    """The global pull secret with these bytes."""
    kind, key = ("dockercfg", ".dockercfg") if is_legacy else ("dockerconfigjson", ".dockerconfigjson")
    return {
        "metadata": {"namespace": "openshift-config", "name": "pull-secret"},
        "type": f"kubernetes.io/{kind}",
        "data": {key: base64.b64encode(data).decode()},
    }


def data_of(item: Object, *, is_legacy: bool = False) -> bytes:
    """The bytes of a secret."""
    return base64.b64decode(text_at(item, "data", ".dockercfg" if is_legacy else ".dockerconfigjson"))
